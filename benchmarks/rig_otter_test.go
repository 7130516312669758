package benchmarks

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/secretmux/secretmux"
)

type otterCache = otter.Cache[string, secretmux.Secret]

// newOtter returns an otter whose entries expire, and, where refresh is not
// zero, are reloaded in the background by the first read after it.
func newOtter(tb testing.TB, expiry, refresh time.Duration) *otterCache {
	tb.Helper()
	opts := &otter.Options[string, secretmux.Secret]{
		ExpiryCalculator: otter.ExpiryWriting[string, secretmux.Secret](expiry),
	}
	if refresh > 0 {
		opts.RefreshCalculator = otter.RefreshWriting[string, secretmux.Secret](refresh)
	}
	cache, err := otter.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { cache.StopAllGoroutines() })
	return cache
}

// loaderFrom loads what p answers.
func loaderFrom(p secretmux.Provider) otter.Loader[string, secretmux.Secret] {
	return otter.LoaderFunc[string, secretmux.Secret](func(ctx context.Context, name string) (secretmux.Secret, error) {
		return p.Get(ctx, name)
	})
}

func otterGet(b *testing.B, h *hit) {
	ctx := b.Context()
	cache := newOtter(b, 5*time.Minute, 5*time.Minute/2)
	loader := loaderFrom(&instant{value: secretValue})
	h.verify(b, func(i int) string {
		got, err := cache.Get(ctx, h.names[i], loader)
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
			if got, err = cache.Get(ctx, h.names[i], loader); err != nil {
				b.Error(err)
				return
			}
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}
