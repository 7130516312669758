package ps_test

import (
	"context"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/ps"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A server that accepts connections and never answers: the link's timeout ends
// the call, for a caller without one.
func TestHang(t *testing.T) {
	isolate(t)
	address, connections := faultscript.Silent(t)
	o := secretmux.Opener{Backends: []secretmux.Backend{{ps.Scheme: ps.Open(at(""))}}, Options: secretmux.Options{NegativeTTL: -1}}
	store, err := o.Open(t.Context(), "aws-ps://eu-west-1/?timeout=300ms&endpoint=http://"+address)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	start := time.Now()
	_, err = store.Get(context.Background(), "db/password")
	wantClass(t, err, secretmux.ErrUnavailable)
	if took := time.Since(start); took < 300*time.Millisecond || took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if connections() == 0 {
		t.Error("nothing was called")
	}
}

func TestClosed(t *testing.T) {
	a := newAccount(t)
	a.set("db", nil)
	p := open(t, at(a.url))
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err := p.Get(t.Context(), "db")
	wantClass(t, err, secretmux.ErrClosed)
}
