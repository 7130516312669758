package vault

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestClassify(t *testing.T) {
	status := func(n int) error { return &statusError{status: n, needs: `"read" on kv/data/x`} }
	login := func(n int) error { return &statusError{status: n, login: "check"} }
	tests := []struct {
		err  error
		want error
	}{
		{status(301), secretmux.ErrInvalid},
		{status(302), secretmux.ErrInvalid},
		{status(307), secretmux.ErrUnavailable},
		{status(308), secretmux.ErrInvalid},
		{status(400), secretmux.ErrInvalid},
		{status(401), secretmux.ErrUnauthenticated},
		{status(403), secretmux.ErrDenied},
		{status(404), secretmux.ErrInvalid},
		{status(405), secretmux.ErrInvalid},
		{status(412), secretmux.ErrUnavailable},
		{status(413), secretmux.ErrInvalid},
		{status(429), secretmux.ErrThrottled},
		{status(472), secretmux.ErrUnavailable},
		{status(473), secretmux.ErrUnavailable},
		{status(500), secretmux.ErrUnavailable},
		{status(501), secretmux.ErrUnavailable},
		{status(502), secretmux.ErrUnavailable},
		{status(503), secretmux.ErrUnavailable},
		{status(504), secretmux.ErrUnavailable},
		{status(202), secretmux.ErrCorrupt},
		{login(400), secretmux.ErrUnauthenticated},
		{login(403), secretmux.ErrUnauthenticated},
		{login(404), secretmux.ErrInvalid},
		{login(429), secretmux.ErrThrottled},
		{login(503), secretmux.ErrUnavailable},
		{errAbsent, secretmux.ErrNotFound},
		{errDeleted, secretmux.ErrDisabled},
		{errDestroyed, secretmux.ErrDisabled},
		{errNoMount, secretmux.ErrInvalid},
		{errWantsV1, secretmux.ErrInvalid},
		{errWantsV2, secretmux.ErrInvalid},
		{errNoKV, secretmux.ErrInvalid},
		{errNoField, secretmux.ErrInvalid},
		{errVersionID, secretmux.ErrInvalid},
		{errWrapped, secretmux.ErrInvalid},
		{errNoEngine, secretmux.ErrInvalid},
		{errUnproven, secretmux.ErrInvalid},
		{errHidden, secretmux.ErrDenied},
		{errEmpty, secretmux.ErrCorrupt},
		{errMalformed, secretmux.ErrCorrupt},
		{errTooLarge, secretmux.ErrTooLarge},
		{errUnknown, secretmux.ErrUnauthenticated},
		{errMFA, secretmux.ErrUnauthenticated},
		{errCertificate, secretmux.ErrInvalid},
		{errPlainServer, secretmux.ErrInvalid},
		{errNoVersions, errors.ErrUnsupported},
		{errNoList, errors.ErrUnsupported},
		{errClosed, secretmux.ErrClosed},
		{errLost, secretmux.ErrUnavailable},
		{syscall.ECONNREFUSED, secretmux.ErrUnavailable},
		{&net.DNSError{IsNotFound: true}, secretmux.ErrUnavailable},
		{&credentialError{where: "VAULT_TOKEN", hint: "set it", cause: errUnset}, secretmux.ErrUnauthenticated},
		{&fileError{param: "ca_file", cause: errNoPEM}, secretmux.ErrInvalid},
		{errNull, secretmux.ErrInvalid},
		{errNoToken, secretmux.ErrUnauthenticated},
		{login(405), secretmux.ErrInvalid},
		{context.Canceled, nil},
		{context.DeadlineExceeded, nil},
	}
	for _, tt := range tests {
		class, hint := classify(tt.err)
		if class != tt.want { //nolint:errorlint // the sentinel itself
			t.Errorf("class of %v: %v, want %v", tt.err, class, tt.want)
		}
		if wantsHint := class != nil && !errors.Is(class, secretmux.ErrNotFound) && !errors.Is(class, errors.ErrUnsupported) &&
			!errors.Is(class, secretmux.ErrClosed); wantsHint && hint == "" {
			t.Errorf("%v has no hint", tt.err)
		}
	}
}

func TestDeniedNamesThePermission(t *testing.T) {
	r := get("kv/data/app/db")
	_, hint := classify(answer{status: http.StatusForbidden, request: r}.refusal())
	if want := `the token's policy lacks "read" on kv/data/app/db`; hint != want {
		t.Errorf("hint %q, want %q", hint, want)
	}
	r = get("kv/metadata/app")
	r.query = map[string][]string{"list": {"true"}}
	_, hint = classify(answer{status: http.StatusForbidden, request: r}.refusal())
	if want := `the token's policy lacks "list" on kv/metadata/app`; hint != want {
		t.Errorf("hint %q, want %q", hint, want)
	}
}

// A network error keeps nothing that could quote an answer or a URL.
func TestNetworkErrorShowsLittle(t *testing.T) {
	const canary = "canary-7731"
	for _, tt := range []struct{ err, want error }{
		{fmt.Errorf("malformed HTTP response %q", canary), errLost},
		{fmt.Errorf("Get https://%s/: %w", canary, io.ErrUnexpectedEOF), io.ErrUnexpectedEOF},
		{fmt.Errorf("Get https://%s/: %w", canary, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), syscall.ECONNREFUSED},
		{fmt.Errorf("Get https://%s/: %w", canary, errTooLarge), errTooLarge},
		{fmt.Errorf("Get https://%s/: %w", canary, tls.RecordHeaderError{Msg: canary}), errPlainServer},
		{fmt.Errorf("Get https://%s/: %w", canary, context.DeadlineExceeded), context.DeadlineExceeded},
	} {
		if got := networkError(t.Context(), tt.err); got != tt.want { //nolint:errorlint // the sentinel itself
			t.Errorf("of %v: %v, want %v", tt.err, got, tt.want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := networkError(ended, errLost); !errors.Is(got, context.Canceled) {
		t.Errorf("after the context ended: %v", got)
	}
}
