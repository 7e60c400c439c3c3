// The flux-operator CLI: a peer to compare with, built only when asked for.
module gitops.flux/testbed/peers/flux-operator

go 1.26.0

tool github.com/controlplaneio-fluxcd/flux-operator/cmd/cli

require github.com/controlplaneio-fluxcd/flux-operator v0.56.0

replace (
	github.com/fluxcd/pkg/auth => github.com/fluxcd/pkg/auth v0.54.3
	github.com/fluxcd/pkg/kustomize => github.com/fluxcd/pkg/kustomize v1.35.6
	github.com/fluxcd/pkg/runtime => github.com/fluxcd/pkg/runtime v0.110.3
	github.com/fluxcd/pkg/ssa => github.com/fluxcd/pkg/ssa v0.76.2
	github.com/fluxcd/pkg/version => github.com/fluxcd/pkg/version v0.16.0
)
