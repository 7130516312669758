package gcp

import (
	"context"
	"errors"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
)

const quoted = "Zq4xVw8kPj2mLr6t"

func TestClassify(t *testing.T) {
	info := func(code codes.Code, reason string, metadata map[string]string) error {
		s, err := status.New(code, quoted).WithDetails(&errdetails.ErrorInfo{Reason: reason, Metadata: metadata})
		if err != nil {
			t.Fatal(err)
		}
		return s.Err()
	}
	foreign := func(code codes.Code, http string) error {
		return status.Error(code, "unexpected HTTP status code received from server: "+http+"; transport: "+quoted)
	}
	tests := []struct {
		name string
		err  error
		want error
		hint string // a part of it
	}{
		{"no secret", status.Error(codes.NotFound, "Secret [projects/1/secrets/x] not found or has no versions."), secretmux.ErrNotFound, "without any version"},
		{"no version", status.Error(codes.NotFound, "Secret Version [projects/1/secrets/x/versions/7] not found."), secretmux.ErrNotFound, "does not have this version"},
		{"something not found", status.Error(codes.NotFound, "Requested entity was not found."), secretmux.ErrInvalid, "does not say that the secret is missing"},
		{"no project", status.Error(codes.NotFound, "Project "+quoted+" not found or deleted."), secretmux.ErrInvalid, "project"},
		{"no location", status.Error(codes.NotFound, "Location "+quoted+" is not found."), secretmux.ErrInvalid, "location="},
		{"disabled", status.Error(codes.FailedPrecondition, "Secret Version [x] is in DISABLED state."), secretmux.ErrDisabled, "latest-enabled"},
		{"destroyed", status.Error(codes.FailedPrecondition, "Secret Version [x] is in DESTROYED state."), secretmux.ErrDisabled, "add a new one"},
		{"key", status.Error(codes.FailedPrecondition, "The Cloud KMS CryptoKey "+quoted+" is disabled."), secretmux.ErrDisabled, "KMS"},
		{"denied", status.Error(codes.PermissionDenied, "Permission denied for resource (or it may not exist)."), secretmux.ErrDenied, "a.permission"},
		{"may not exist", status.Error(codes.PermissionDenied, "Permission denied for resource (or it may not exist)."), secretmux.ErrDenied, "does not say which"},
		{"permission", info(codes.PermissionDenied, reasonPermission, map[string]string{"permission": "cloudkms.cryptoKeyVersions.useToDecrypt"}), secretmux.ErrDenied, "useToDecrypt"},
		{"no permission name", info(codes.PermissionDenied, reasonPermission, map[string]string{"permission": quoted}), secretmux.ErrDenied, "a.permission"},
		{"scopes", info(codes.PermissionDenied, reasonScopes, nil), secretmux.ErrDenied, "scopes"},
		{"perimeter", info(codes.PermissionDenied, reasonPerimeter, nil), secretmux.ErrDenied, "perimeter"},
		{"billing", info(codes.PermissionDenied, reasonBilling, nil), secretmux.ErrDenied, "billing"},
		{"quota project", info(codes.PermissionDenied, reasonQuota, nil), secretmux.ErrDenied, "serviceusage"},
		{"API off", info(codes.PermissionDenied, reasonAPI, nil), secretmux.ErrInvalid, "enable secretmanager.googleapis.com"},
		{"project invalid", info(codes.PermissionDenied, reasonProject, nil), secretmux.ErrInvalid, "project"},
		{"unauthenticated", info(codes.Unauthenticated, "ACCESS_TOKEN_EXPIRED", nil), secretmux.ErrUnauthenticated, "expired"},
		{"throttled", status.Error(codes.ResourceExhausted, "Quota exceeded for quota metric "+quoted), secretmux.ErrThrottled, "quota"},
		{"oversized", status.Error(codes.ResourceExhausted, "grpc: received message larger than max (2 vs. 1)"), secretmux.ErrTooLarge, ""},
		{"argument", status.Error(codes.InvalidArgument, "Resource ID ["+quoted+"] is not in a valid format."), secretmux.ErrInvalid, "regional"},
		{"range", status.Error(codes.OutOfRange, quoted), secretmux.ErrInvalid, ""},
		{"other service", status.Error(codes.Unimplemented, "unknown service"), secretmux.ErrInvalid, "endpoint="},
		{"data loss", status.Error(codes.DataLoss, quoted), secretmux.ErrCorrupt, ""},
		{"internal", status.Error(codes.Internal, "Internal error encountered. "+quoted), secretmux.ErrUnavailable, ""},
		{"garbled", status.Error(codes.Internal, "grpc: failed to unmarshal the received message: "+quoted), secretmux.ErrCorrupt, ""},
		{"unavailable", status.Error(codes.Unavailable, quoted), secretmux.ErrUnavailable, ""},
		{"no token", status.Error(codes.Unavailable, noToken), secretmux.ErrUnavailable, "token"},
		{"TLS", status.Error(codes.Unavailable, "transport: authentication handshake failed: x509: "+quoted), secretmux.ErrUnavailable, "CA"},
		{"deadline", status.Error(codes.DeadlineExceeded, quoted), secretmux.ErrUnavailable, ""},
		{"cancelled there", status.Error(codes.Canceled, quoted), secretmux.ErrUnavailable, ""},
		{"aborted", status.Error(codes.Aborted, quoted), secretmux.ErrUnavailable, ""},
		{"exists", status.Error(codes.AlreadyExists, quoted), secretmux.ErrUnavailable, ""},
		{"unknown", status.Error(codes.Unknown, quoted), secretmux.ErrUnavailable, ""},
		{"no status", errors.New(quoted), secretmux.ErrUnavailable, ""},
		{"HTTP 200", foreign(codes.Unknown, "200 (OK)"), secretmux.ErrCorrupt, "proxy"},
		{"HTTP 307", foreign(codes.Unknown, "307 (Temporary Redirect)"), secretmux.ErrCorrupt, "proxy"},
		{"HTTP 400", foreign(codes.Internal, "400 (Bad Request)"), secretmux.ErrInvalid, "endpoint="},
		{"HTTP 401", foreign(codes.Unauthenticated, "401 (Unauthorized)"), secretmux.ErrUnauthenticated, "proxy"},
		{"HTTP 403", foreign(codes.PermissionDenied, "403 (Forbidden)"), secretmux.ErrDenied, "proxy"},
		{"HTTP 404", foreign(codes.Unimplemented, "404 (Not Found)"), secretmux.ErrInvalid, "endpoint="},
		{"HTTP 407", foreign(codes.Unknown, "407 (Proxy Authentication Required)"), secretmux.ErrUnauthenticated, "proxy"},
		{"HTTP 429", foreign(codes.Unavailable, "429 (Too Many Requests)"), secretmux.ErrThrottled, "proxy"},
		{"HTTP 500", foreign(codes.Unknown, "500 (Internal Server Error)"), secretmux.ErrUnavailable, "proxy"},
		{"HTTP 503", foreign(codes.Unavailable, "503 (Service Unavailable)"), secretmux.ErrUnavailable, "proxy"},
		{"cancelled", context.Canceled, nil, ""},
		{"expired", context.DeadlineExceeded, nil, ""},
		{"closed", errClosed, secretmux.ErrClosed, ""},
		{"first version", errNoPrevious, secretmux.ErrNotFound, ""},
		{"none enabled", errNoneEnabled, secretmux.ErrDisabled, "enable"},
		{"no payload", errNoPayload, secretmux.ErrCorrupt, "endpoint="},
		{"no checksum", errNoChecksum, secretmux.ErrCorrupt, "emulator"},
		{"checksum", errChecksum, secretmux.ErrCorrupt, "proxy"},
		{"other secret", errOtherSecret, secretmux.ErrCorrupt, "endpoint="},
		{"too large", errTooLarge, secretmux.ErrTooLarge, "64 KiB"},
		{"no credentials", errNoCredentials, secretmux.ErrUnauthenticated, "GOOGLE_APPLICATION_CREDENTIALS"},
		{"no file", errNoFile, secretmux.ErrUnauthenticated, "path"},
		{"bad credentials", errBadCredentials, secretmux.ErrUnauthenticated, "check the file"},
		{"client", errClient, secretmux.ErrInvalid, "ClientOptions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := native(tt.err, request{permission: "a.permission", id: "x", version: "7"})
			class, hint := classify(err)
			if class != tt.want || !strings.Contains(hint, tt.hint) { //nolint:errorlint // the sentinel itself
				t.Errorf("class %v with the hint %q, want %v with %q", class, hint, tt.want, tt.hint)
			}
			if text := err.Error() + hint; strings.Contains(text, quoted) {
				t.Errorf("the text of the server shows: %s", text)
			}
		})
	}
}

func TestErrorsKeepTheirCode(t *testing.T) {
	p, err := New(Options{Project: "my-project"})
	if err != nil {
		t.Fatal(err)
	}
	err = p.fail("get", "db", native(status.Error(codes.PermissionDenied, quoted), request{permission: "secretmanager.versions.access"}))
	if code := status.Code(err); code != codes.PermissionDenied {
		t.Errorf("status.Code(err) = %v, want %v", code, codes.PermissionDenied)
	}
	const want = `secretmux: get "db" from "gcp-sm://my-project": denied: gRPC status PermissionDenied ` +
		`(the caller lacks secretmanager.versions.access, or the secret or project does not exist: the service does not say which; ` +
		`grant roles/secretmanager.secretAccessor on the secret)`
	if err.Error() != want {
		t.Errorf("the error is\n%v, want\n%v", err, want)
	}
}

func TestPermissionOfEachCall(t *testing.T) {
	for permission, hint := range map[string]string{
		"secretmanager.versions.get":  "metadata=true",
		"secretmanager.versions.list": "latest-enabled",
		"secretmanager.secrets.list":  "secretmanager.secrets.list",
	} {
		if _, got := classify(native(status.Error(codes.PermissionDenied, ""), request{permission: permission})); !strings.Contains(got, hint) {
			t.Errorf("the hint for %s is %q, want %q in it", permission, got, hint)
		}
	}
}

// A message that names the secret counts as "absent", even if it has more text.
func FuzzMissing(f *testing.F) {
	for _, seed := range []string{
		"Secret [projects/1/secrets/db] not found or has no versions.",
		"Secret Version [projects/1/locations/l/secrets/db/versions/7] not found.",
		"Project [projects/secrets/db] not found",
		"projects//locations//secrets/db/versions/ not found",
		"secretprojects/x/secrets/db... not exist",
		"projects/",
	} {
		f.Add(seed, "db", "7")
	}
	f.Fuzz(func(t *testing.T, text, id, version string) {
		m := missing(text, request{id: id, version: version})
		if (m == noSecret || m == noVersion) && (id == "" || !strings.Contains(text, "/secrets/"+id)) {
			t.Errorf("%q proves that %q is absent", text, id)
		}
		if m == noVersion && validNumber(version) && !strings.Contains(text, "/versions/"+version) {
			t.Errorf("%q proves that version %q is absent", text, version)
		}
	})
}
