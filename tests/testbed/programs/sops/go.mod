// sops and age-keygen, for Secrets that are really encrypted; in the versions kustomize-controller decrypts with.
module gitops.flux/testbed/sops

go 1.26.0

tool (
	filippo.io/age/cmd/age-keygen
	github.com/getsops/sops/v3/cmd/sops
)

require (
	filippo.io/age v1.3.1
	github.com/getsops/sops/v3 v3.13.2
)
