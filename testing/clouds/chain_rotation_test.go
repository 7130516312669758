package clouds_test

import (
	"context"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// A new version reaches the callback from any link that answers, and so does a
// value that another link now hides.
func TestRotation(t *testing.T) {
	r := newRig(t, "")
	r.near.put("db/password", "aws 1")
	r.vault.put("db/host", "vault 1")
	told := make(chan secretmux.Rotation, 8)
	for name, value := range map[string]string{"db/password": "aws 1", "db/host": "vault 1"} {
		secret, err := r.store.Get(t.Context(), name)
		if err != nil || secret.Reveal() != value {
			t.Fatalf("%s: %v", name, err)
		}
		stop, err := r.store.OnRotate(name, func(_ context.Context, rotation secretmux.Rotation) error {
			told <- rotation
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	steps := []struct {
		name, before, after string
		change              func()
	}{
		{"db/password", "aws 1", "aws 2", func() { r.near.put("db/password", "aws 2") }},
		{"db/host", "vault 1", "vault 2", func() { r.vault.put("db/host", "vault 2") }},
		{"db/password", "aws 2", "env", func() { t.Setenv("DB_PASSWORD", "env") }},
	}
	for _, step := range steps {
		step.change()
		if err := r.store.Refresh(t.Context(), "db/password", "db/host"); err != nil {
			t.Fatal(err)
		}
		rotation := receive(t, told)
		if rotation.Ref != step.name || rotation.Old.Reveal() != step.before || rotation.New.Reveal() != step.after {
			t.Errorf("reported %s, %q to %q; want %s, %q to %q", rotation.Ref, rotation.Old.Reveal(), rotation.New.Reveal(),
				step.name, step.before, step.after)
		}
	}
	if err := r.store.Close(); err != nil { // waits for callbacks
		t.Fatal(err)
	}
	if len(told) > 0 {
		t.Errorf("reported %d more rotations than there were", len(told))
	}
}

func receive(t *testing.T, told <-chan secretmux.Rotation) secretmux.Rotation {
	t.Helper()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	select {
	case rotation := <-told:
		return rotation
	case <-limit.C:
		t.Fatal("no callback")
		return secretmux.Rotation{}
	}
}
