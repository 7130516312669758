package gcp

import (
	"net/http"

	"google.golang.org/grpc/codes"

	"github.com/secretmux/secretmux"
)

// Reasons of google.rpc.ErrorInfo with domain googleapis.com.
const (
	reasonPermission = "IAM_PERMISSION_DENIED"
	reasonScopes     = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
	reasonPerimeter  = "SECURITY_POLICY_VIOLATED"
	reasonBilling    = "BILLING_DISABLED"
	reasonAPI        = "SERVICE_DISABLED"
	reasonProject    = "CONSUMER_INVALID"
	reasonQuota      = "USER_PROJECT_DENIED"
)

// class depends on the code. The message decides only if a code has two meanings.
func (e *statusError) class() (class error, hint string) {
	if e.http != 0 {
		return e.foreign()
	}
	switch e.code {
	case codes.NotFound:
		return e.absent()
	case codes.FailedPrecondition:
		if e.said == keyDisabled {
			return secretmux.ErrDisabled, "the Cloud KMS key of the secret is disabled, destroyed or unreachable; enable it"
		}
		return secretmux.ErrDisabled, "the version is disabled or destroyed; enable it, add a new one, or read alias=latest-enabled"
	case codes.PermissionDenied:
		return e.denied()
	case codes.Unauthenticated:
		return secretmux.ErrUnauthenticated, "the credentials are missing, expired or revoked; check the service account and its key"
	case codes.ResourceExhausted:
		if e.said == oversized {
			return secretmux.ErrTooLarge, "Secret Manager holds at most 64 KiB; check endpoint="
		}
		return secretmux.ErrThrottled, "raise ttl=, or ask for more of the project's Secret Manager quota"
	case codes.InvalidArgument, codes.OutOfRange:
		return secretmux.ErrInvalid, "check the project's id and location=; regional secrets need location=, and global secrets must not have it"
	case codes.Unimplemented:
		return secretmux.ErrInvalid, notSecretManager
	case codes.DataLoss:
		return secretmux.ErrCorrupt, ""
	case codes.Internal:
		if e.said == garbled {
			return secretmux.ErrCorrupt, notSecretManager
		}
	}
	return secretmux.ErrUnavailable, e.unavailable()
}

// absent is for NOT_FOUND: only a message that names the secret that was asked
// for proves that it is absent.
func (e *statusError) absent() (class error, hint string) {
	switch e.said {
	case noSecret:
		return secretmux.ErrNotFound, "a secret without any version counts as absent"
	case noVersion:
		return secretmux.ErrNotFound, "the secret has no such version"
	case noProject:
		return secretmux.ErrInvalid, "the project or location does not exist; check the project's id and location="
	}
	return secretmux.ErrInvalid, "this NOT_FOUND does not say that the secret is missing; check the project, location= and endpoint="
}

func (e *statusError) denied() (class error, hint string) {
	switch e.reason {
	case reasonAPI:
		return secretmux.ErrInvalid, "the Secret Manager API is switched off in the project; enable secretmanager.googleapis.com"
	case reasonProject:
		return secretmux.ErrInvalid, "the project does not exist; check its id"
	case reasonScopes:
		return secretmux.ErrDenied, "the machine's access scopes lack cloud-platform; add it"
	case reasonPerimeter:
		return secretmux.ErrDenied, "a VPC Service Controls perimeter keeps the caller out of the project; let it in with an access level or an ingress rule"
	case reasonQuota:
		return secretmux.ErrDenied, "the caller lacks serviceusage.services.use on the quota project of its credentials"
	case reasonBilling:
		return secretmux.ErrDenied, "the project has no billing account; link one"
	}
	hint = "the caller lacks " + e.permission + ", or there is no such secret or project: the service does not say which"
	switch e.permission {
	case "secretmanager.versions.access":
		hint += "; grant roles/secretmanager.secretAccessor on the secret"
	case "secretmanager.versions.get":
		hint += "; grant roles/secretmanager.viewer, or leave metadata=true out"
	case "secretmanager.versions.list":
		hint += "; grant roles/secretmanager.viewer, or leave latest-enabled out"
	}
	return secretmux.ErrDenied, hint
}

// foreign is the class of an answer in HTTP instead of gRPC: from a proxy, a
// captive portal or another server. It proves nothing about the secret.
func (e *statusError) foreign() (class error, hint string) {
	switch e.http {
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled, notSecretManager
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return secretmux.ErrUnauthenticated, notSecretManager
	case http.StatusForbidden:
		return secretmux.ErrDenied, notSecretManager
	}
	switch {
	case e.http < http.StatusBadRequest:
		return secretmux.ErrCorrupt, notSecretManager
	case e.http < http.StatusInternalServerError:
		return secretmux.ErrInvalid, notSecretManager
	}
	return secretmux.ErrUnavailable, notSecretManager
}

func (e *statusError) unavailable() string {
	switch e.said {
	case tokenless:
		return "no access token arrived; check that the metadata server or the token endpoint can be reached"
	case tlsRefused:
		return "the TLS handshake failed; check the CA certificates and any proxy on the way"
	}
	return ""
}
