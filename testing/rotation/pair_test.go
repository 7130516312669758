package rotation_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// pair is a document whose user and password belong together.
func pair(i int) string {
	n := strconv.Itoa(i)
	return `{"user":"u` + n + `","pass":"p` + n + `"}`
}

func wantPair(t *testing.T, doc secretmux.Secret) {
	t.Helper()
	user, err := doc.Field("user")
	if err != nil {
		t.Error(err)
		return
	}
	pass, err := doc.Field("pass")
	if err != nil || pass.Reveal()[1:] != user.Reveal()[1:] || pass.Version() != doc.Version() {
		t.Errorf("user %q came with password %q, %v", user.Reveal(), pass.Reveal(), err)
	}
}

// Two Gets of two fields may meet a rotation between them. One GetMany of them, one
// Get of the document, Validate and the callbacks see one version.
func TestRotationNeverMixesTwoDocuments(t *testing.T) {
	for _, ttl := range []time.Duration{-1, time.Minute} {
		t.Run("TTL "+ttl.String(), func(t *testing.T) { neverMixes(t, ttl) })
	}
}

func neverMixes(t *testing.T, ttl time.Duration) {
	r := rigs.New(t, secretmux.Options{
		TTL: ttl, Validate: func(_ context.Context, rot secretmux.Rotation) error { wantPair(t, rot.New); return nil },
	}, map[string]string{"db": pair(0)})
	r.OnRotate("db", func(_ context.Context, rot secretmux.Rotation) error {
		wantPair(t, rot.Old)
		wantPair(t, rot.New)
		return nil
	})
	live, err := r.Watch(t.Context(), "db")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := r.Get(t.Context(), "db")
				if err != nil {
					t.Error(err)
					return
				}
				wantPair(t, got)
				wantPair(t, live.Current())
				fields, err := r.GetAll(t.Context(), "db#user", "db#pass")
				if err != nil || fields["db#user"].Reveal()[1:] != fields["db#pass"].Reveal()[1:] {
					t.Errorf("GetMany mixed %q with %q, %v", fields["db#user"].Reveal(), fields["db#pass"].Reveal(), err)
				}
			}
		})
	}
	for i := range 300 {
		r.Memory.Set("db", pair(i))
		if err := r.Refresh(t.Context(), "db#user"); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
}
