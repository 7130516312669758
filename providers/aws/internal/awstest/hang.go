package awstest

import (
	"context"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// hangs tests a server that accepts connections and never answers: the link's timeout
// ends the call, even if the caller has no deadline. scheme is the scheme of the
// link.
func hangs(t *testing.T, scheme string) {
	t.Helper()
	Isolate(t)
	address, connections := faultscript.Silent(t)
	store := openStore(t, secretmux.Opener{
		Backends: []secretmux.Backend{At("").Backend()}, Options: secretmux.Options{NegativeTTL: -1},
	}, scheme+"://eu-west-1/?timeout=300ms&endpoint=http://"+address)
	defer closeStore(t, store)
	start := time.Now()
	_, err := store.Get(context.Background(), "db/password")
	WantClass(t, err, secretmux.ErrUnavailable)
	if took := time.Since(start); took < 300*time.Millisecond || took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if connections() == 0 {
		t.Error("nothing was called")
	}
}

// openStore opens a store that the caller closes.
func openStore(t *testing.T, o secretmux.Opener, config string) *secretmux.Store {
	t.Helper()
	store, err := o.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func closeStore(t *testing.T, store *secretmux.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
