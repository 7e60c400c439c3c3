"""Which programs there are, from which Go module, and what they are called here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .paths import PROGRAMS

KUBERNETES = "1.36.3"
ETCD = "3.6.8"
FLUX = "v2.9.5"  # the Flux release whose source-, kustomize- and helm-controller programs/go.mod pins
_GIT_VERSION = " ".join(
    f"-X {package}.gitVersion=v{KUBERNETES}"
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
)


@dataclass(frozen=True)
class Module:
    """One folder with a go.mod and a go.sum, and the programs built from it: name here → package."""

    name: str
    folder: Path
    programs: dict[str, str]
    ldflags: str = "-s -w"
    optional: bool = False
    embeds: str | None = None  # a folder of a vendored package that must hold a YAML file for go:embed


CORE = Module(
    "core",
    PROGRAMS,
    {
        "etcd": "go.etcd.io/etcd/server/v3",
        "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
        "kubectl": "k8s.io/kubernetes/cmd/kubectl",
        "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
        "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
        "kwok": "sigs.k8s.io/kwok/cmd/kwok",
        "helm": "helm.sh/helm/v4/cmd/helm",
        "registry": "github.com/google/go-containerregistry/cmd/registry",
        "source-controller": "github.com/fluxcd/source-controller",
        "kustomize-controller": "github.com/fluxcd/kustomize-controller",
        "helm-controller": "github.com/fluxcd/helm-controller",
    },
    ldflags=f"-s -w {_GIT_VERSION}",
)
MANIFESTS = Module("manifests", PROGRAMS / "manifests", {})
OPTIONAL: tuple[Module, ...] = (
    Module(
        "notification",
        PROGRAMS / "notification",
        {"notification-controller": "github.com/fluxcd/notification-controller"},
        optional=True,
    ),
    Module(
        "image-reflector",
        PROGRAMS / "image-reflector",
        {"image-reflector-controller": "github.com/fluxcd/image-reflector-controller"},
        optional=True,
    ),
)
# What the reports tell an operator to type.
FLUX_CLI = Module(
    "flux",
    PROGRAMS / "flux-cli",
    {"flux": "github.com/fluxcd/flux2/v2/cmd/flux"},
    ldflags=f"-s -w -X main.VERSION={FLUX.removeprefix('v')}",
    optional=True,
    embeds="github.com/fluxcd/flux2/v2/cmd/flux/manifests",
)
# Built only where something asks for them.
OPERATOR_CLI = Module(
    "flux-operator",
    PROGRAMS / "peers" / "flux-operator",
    {"flux-operator": "github.com/controlplaneio-fluxcd/flux-operator/cmd/cli"},
    optional=True,
)
SOPS = Module(
    "sops",
    PROGRAMS / "sops",
    {"sops": "github.com/getsops/sops/v3/cmd/sops", "age-keygen": "filippo.io/age/cmd/age-keygen"},
)
HELM_3 = Module(
    "helm3",
    PROGRAMS / "helm3",
    {"helm3": "helm.sh/helm/v3/cmd/helm"},
    ldflags="-s -w -X helm.sh/helm/v3/internal/version.version=v3.20.2",
)
FOR_TESTS: tuple[Module, ...] = (SOPS, HELM_3)
PEERS: tuple[Module, ...] = (OPERATOR_CLI,)
