package vault_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux/providers/vault"
)

// A caller may be gone when the credentials arrive. They are not lost.
func TestLeaseOfACallerThatIsGone(t *testing.T) {
	r := newRig(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	p := r.server.open(t, func(o *vault.Options) {
		dynamic(o)
		o.Transport = after{direct{r.server}, cancel}
	})
	_, _ = p.Get(ctx, "app")
	if got, err := p.Get(t.Context(), "app"); err != nil || r.minted != 1 {
		t.Errorf("Get = %v, %v; %d leases made, want 1", got, err, r.minted)
	}
}

// after calls done when an answer has arrived.
type after struct {
	direct
	done func()
}

func (a after) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := a.direct.RoundTrip(r)
	a.done()
	return response, err
}
