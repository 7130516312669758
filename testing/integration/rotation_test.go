package integration

import (
	"context"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

func TestPutReachesOnRotate(t *testing.T) {
	s := start(t)
	s.put("app/db", map[string]any{"password": "one", "user": "u"})
	store := s.openWith(s.link("kv/app", "&ttl=200ms"), secretmux.Options{})
	rotations := make(chan secretmux.Rotation, 10)
	stop, err := store.OnRotate("db#password", func(_ context.Context, r secretmux.Rotation) error {
		rotations <- r
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	wantValue(t, store, "db#password", "one")

	s.put("app/db", map[string]any{"password": "one", "user": "v"}) // another version, the same password
	s.put("app/db", map[string]any{"password": "two", "user": "v"})
	select {
	case r := <-rotations:
		if r.Old.Reveal() != "one" || r.New.Reveal() != "two" || r.New.Version() != "3" {
			t.Errorf("rotated from version %q to %q", r.Old.Version(), r.New.Version())
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no rotation after ten seconds with a TTL of 200 ms")
	}
	wantValue(t, store, "db#password", "two")
	wantValue(t, store, "db?version=previous#user", "v")
	select {
	case <-rotations:
		t.Error("one change was told twice")
	case <-time.After(time.Second):
	}
}

func TestRefreshReadsWhatWasPut(t *testing.T) {
	s := start(t)
	s.put("app/db", map[string]any{"password": "one"})
	store := s.openWith(s.link("kv/app", "&field=password"), secretmux.Options{})
	wantValue(t, store, "db", "one")
	s.put("app/db", map[string]any{"password": "two"})
	wantValue(t, store, "db", "one") // kept for its TTL
	if err := store.Refresh(t.Context(), "db"); err != nil {
		t.Fatal(err)
	}
	wantValue(t, store, "db", "two")
}
