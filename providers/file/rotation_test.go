package file_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

// Each swap of a volume is one rotation, within the TTL that the provider
// advises, and an equal rewrite is not a rotation.
func TestStoreSeesSwaps(t *testing.T) {
	v := newVolume(t, map[string]string{"s": "zero"})
	synctest.Test(t, func(t *testing.T) {
		store, err := secretmux.Open(t.Context(), foldertest.Link("file", v.dir), file.Backend())
		must(t, err)
		var seen []string
		stop, err := store.OnRotate("s", func(_ context.Context, r secretmux.Rotation) error {
			seen = append(seen, r.Old.Reveal()+">"+r.New.Reveal())
			return nil
		})
		must(t, err)
		want(t, store, "s", "zero")
		for _, value := range []string{"one", "two", "two", "three"} {
			v.swap(t, map[string]string{"s": value})
			time.Sleep(2*time.Second + time.Millisecond)
			synctest.Wait()
			want(t, store, "s", value)
		}
		stop()
		must(t, store.Close())
		if want := []string{"zero>one", "one>two", "two>three"}; !slices.Equal(seen, want) {
			t.Errorf("it saw %q, want %q", seen, want)
		}
	})
}
