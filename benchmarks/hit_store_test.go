package benchmarks

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/secretmux/secretmux"
)

// warmStore returns a store that holds all of refs.
func warmStore(tb testing.TB, value func(name string) string, refs []string) *secretmux.Store {
	tb.Helper()
	store := newStore(tb, &instant{value: value}, secretmux.Options{})
	for _, ref := range refs {
		if _, err := store.Get(tb.Context(), ref); err != nil {
			tb.Fatal(err)
		}
	}
	return store
}

// passwordRefs are the references of one field in each of names.
func passwordRefs(names []string) []string {
	refs := make([]string, len(names))
	for i, name := range names {
		refs[i] = name + "#password"
	}
	return refs
}

func liveHandles(tb testing.TB, store *secretmux.Store, refs []string) []*secretmux.Live {
	tb.Helper()
	lives := make([]*secretmux.Live, len(refs))
	for i, ref := range refs {
		live, err := store.Watch(tb.Context(), ref)
		if err != nil {
			tb.Fatal(err)
		}
		lives[i] = live
	}
	return lives
}

func storeGet(b *testing.B, h *hit) {
	store := warmStore(b, secretValue, h.names)
	timeStore(b, h, store, h.names)
}

func storeGetField(b *testing.B, h *hit) {
	refs := passwordRefs(h.names)
	store := warmStore(b, secretDocument, refs)
	timeStore(b, h, store, refs)
}

func timeStore(b *testing.B, h *hit, store *secretmux.Store, refs []string) {
	b.Helper()
	ctx := b.Context()
	h.verify(b, func(i int) string {
		got, err := store.Get(ctx, refs[i])
		if err != nil {
			b.Fatal(err)
		}
		return got.Reveal()
	})
	h.time(b, func(pb *testing.PB) {
		var got secretmux.Secret
		var err error
		i := 0
		for pb.Next() {
			if got, err = store.Get(ctx, refs[i]); err != nil {
				b.Error(err)
				return
			}
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

func liveCurrent(b *testing.B, h *hit) {
	lives := liveHandles(b, warmStore(b, secretValue, h.names), h.names)
	h.verify(b, func(i int) string { return lives[i].Current().Reveal() })
	h.time(b, func(pb *testing.PB) {
		var got secretmux.Secret
		i := 0
		for pb.Next() {
			got = lives[i].Current()
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

func TestWarmReadsAllocateNothing(t *testing.T) {
	names := secretNames(hitNames)
	fields := passwordRefs(names)
	values := warmStore(t, secretValue, names)
	documents := warmStore(t, secretDocument, fields)
	lives := liveHandles(t, values, names)
	ctx := t.Context()
	tests := map[string]func(i int) error{
		storeRow: func(i int) error {
			_, err := values.Get(ctx, names[i])
			return err
		},
		fieldRow: func(i int) error {
			_, err := documents.Get(ctx, fields[i])
			return err
		},
		liveRow: func(i int) error {
			runtime.KeepAlive(lives[i].Current())
			return nil
		},
	}
	for _, row := range []string{storeRow, fieldRow, liveRow} {
		read, i := tests[row], 0
		allocs := testing.AllocsPerRun(10*hitNames, func() {
			if err := read(i); err != nil {
				t.Error(err)
			}
			i = after(i)
		})
		board.target(row+", allocations", fmt.Sprint(allocs), "0", allocs == 0)
		if allocs != 0 {
			t.Errorf("%s allocates %v times", row, allocs)
		}
	}
}
