package acme

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestClassify(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		class error
	}{
		{"Acme's 404", statusOf(404, []byte(`{"error":"absent"}`)), secretmux.ErrNotFound},
		{"Acme's 404 of a version", statusOf(404, []byte(`{"error":"no_version"}`)), secretmux.ErrNotFound},
		{"another server's 404", statusOf(404, []byte("404 page not found")), secretmux.ErrInvalid},
		{"a 404 with a code that is not Acme's", statusOf(404, []byte(`{"error":"nothing here"}`)), secretmux.ErrInvalid},
		{"deleted", statusOf(410, []byte(`{"error":"deleted"}`)), secretmux.ErrDisabled},
		{"disabled", statusOf(410, []byte(`{"error":"disabled"}`)), secretmux.ErrDisabled},
		{"401", statusOf(401, nil), secretmux.ErrUnauthenticated},
		{"403", statusOf(403, nil), secretmux.ErrDenied},
		{"429", statusOf(429, nil), secretmux.ErrThrottled},
		{"400", statusOf(400, nil), secretmux.ErrInvalid},
		{"500", statusOf(500, nil), secretmux.ErrUnavailable},
		{"503", statusOf(503, nil), secretmux.ErrUnavailable},
		{"a redirect", statusOf(307, nil), secretmux.ErrInvalid},
		{"another success", statusOf(http.StatusNoContent, nil), secretmux.ErrCorrupt},
		{"an unknown code in a batch", errorOf("odd"), secretmux.ErrCorrupt},
		{"a denied name in a batch", errorOf("denied"), secretmux.ErrDenied},
		{"not Acme's", errMalformed, secretmux.ErrCorrupt},
		{"a wrong checksum", errChecksum, secretmux.ErrCorrupt},
		{"too large", errTooLarge, secretmux.ErrTooLarge},
		{"a bad version", errVersionID, secretmux.ErrInvalid},
		{"no token", errNoToken, secretmux.ErrUnauthenticated},
		{"a bad certificate", errCertificate, secretmux.ErrInvalid},
		{"closed", errClosed, secretmux.ErrClosed},
		{"the caller cancelled", context.Canceled, nil},
		{"the deadline is over", fmt.Errorf("x: %w", context.DeadlineExceeded), nil},
		{"no such host", &net.DNSError{IsNotFound: true}, secretmux.ErrUnavailable},
		{"no server listens", syscall.ECONNREFUSED, secretmux.ErrUnavailable},
		{"anything else", errors.New("odd"), secretmux.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if class, _ := classify(tt.err); !errors.Is(class, tt.class) || (class == nil) != (tt.class == nil) {
				t.Errorf("the class is %v, want %v", class, tt.class)
			}
		})
	}
}
