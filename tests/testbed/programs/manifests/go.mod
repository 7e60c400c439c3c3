// Where the manifests of Flux come from: all its CRDs, Deployments and ServiceAccounts, and the operator's own CRDs.
module gitops.flux/testbed/manifests

go 1.26.0

require github.com/controlplaneio-fluxcd/flux-operator v0.56.0
