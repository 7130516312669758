package gcp

import (
	"net/http"

	"google.golang.org/grpc/codes"

	"github.com/secretmux/secretmux"
)

// These are reasons of google.rpc.ErrorInfo with the domain googleapis.com.
const (
	reasonPermission = "IAM_PERMISSION_DENIED"
	reasonScopes     = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
	reasonPerimeter  = "SECURITY_POLICY_VIOLATED"
	reasonBilling    = "BILLING_DISABLED"
	reasonAPI        = "SERVICE_DISABLED"
	reasonProject    = "CONSUMER_INVALID"
	reasonQuota      = "USER_PROJECT_DENIED"
)

// class follows from the code. The message decides only if a code has two meanings.
func (e *statusError) class() (class error, hint string) {
	if e.http != 0 {
		return e.foreign()
	}
	switch e.code {
	case codes.NotFound:
		return e.absent()
	case codes.FailedPrecondition:
		if e.said == keyDisabled {
			return secretmux.ErrDisabled, "enable the Cloud KMS key of the secret, which is disabled, destroyed or unreachable"
		}
		return secretmux.ErrDisabled, "enable the version, which is disabled or destroyed, or add a new one, or read alias=latest-enabled"
	case codes.PermissionDenied:
		return e.denied()
	case codes.Unauthenticated:
		return secretmux.ErrUnauthenticated, "check the service account and its key: the credentials are missing, expired or revoked"
	case codes.ResourceExhausted:
		if e.said == oversized {
			return secretmux.ErrTooLarge, "check endpoint=: a secret in Secret Manager has at most 64 KiB"
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

// absent classifies NOT_FOUND: only a message that names the secret that was asked
// for proves that it is absent.
func (e *statusError) absent() (class error, hint string) {
	switch e.said {
	case noSecret:
		return secretmux.ErrNotFound, "create the secret, or add a version: a secret without any version counts as absent"
	case noVersion:
		return secretmux.ErrNotFound, "the secret does not have this version"
	case noProject:
		return secretmux.ErrInvalid, "check the project's id and location=: the project or location does not exist"
	}
	return secretmux.ErrInvalid, "check the project, location= and endpoint=: this NOT_FOUND does not say that the secret is missing"
}

func (e *statusError) denied() (class error, hint string) {
	switch e.reason {
	case reasonAPI:
		return secretmux.ErrInvalid, "enable secretmanager.googleapis.com: the Secret Manager API is switched off in the project"
	case reasonProject:
		return secretmux.ErrInvalid, "check the id of the project: the project does not exist"
	case reasonScopes:
		return secretmux.ErrDenied, "add cloud-platform to the machine's access scopes"
	case reasonPerimeter:
		return secretmux.ErrDenied, "admit the caller with an access level or an ingress rule: a VPC Service Controls perimeter blocks it"
	case reasonQuota:
		return secretmux.ErrDenied, "the caller lacks serviceusage.services.use on the quota project of its credentials"
	case reasonBilling:
		return secretmux.ErrDenied, "link a billing account to the project, which has none"
	}
	hint = "the caller lacks " + e.permission + ", or the secret or project does not exist: the service does not say which"
	switch e.permission {
	case "secretmanager.versions.access":
		hint += "; grant roles/secretmanager.secretAccessor on the secret"
	case "secretmanager.versions.get":
		hint += "; grant roles/secretmanager.viewer, or leave out metadata=true"
	case "secretmanager.versions.list":
		hint += "; grant roles/secretmanager.viewer, or leave out latest-enabled"
	}
	return secretmux.ErrDenied, hint
}

// foreign is the class of an answer in HTTP instead of gRPC. It comes from a proxy, a
// captive portal or another server, and proves nothing about the secret.
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
