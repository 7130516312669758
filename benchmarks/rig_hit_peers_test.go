package benchmarks

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/knadh/koanf/v2"
	"github.com/spf13/viper"
	"gocloud.dev/runtimevar"
	"gocloud.dev/runtimevar/constantvar"

	"github.com/secretmux/secretmux"
)

func atomicPointer(b *testing.B, h *hit) {
	pointers := make([]atomic.Pointer[secretmux.Secret], len(h.names))
	for i, name := range h.names {
		secret := newSecret(name, secretValue(name))
		pointers[i].Store(&secret)
	}
	h.verify(b, func(i int) string { return pointers[i].Load().Reveal() })
	h.time(b, func(pb *testing.PB) {
		var got secretmux.Secret
		i := 0
		for pb.Next() {
			got = *pointers[i].Load()
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

// syncMapLoad has its keys boxed beforehand, which a caller that holds strings
// can't have: a string that becomes an any costs an allocation.
func syncMapLoad(b *testing.B, h *hit) {
	var m sync.Map
	keys := make([]any, len(h.names))
	for i, name := range h.names {
		keys[i] = name
		m.Store(name, newSecret(name, secretValue(name)))
	}
	load := func(i int) secretmux.Secret {
		value, _ := m.Load(keys[i])
		got, _ := value.(secretmux.Secret)
		return got
	}
	h.verify(b, func(i int) string { return load(i).Reveal() })
	h.time(b, func(pb *testing.PB) {
		var got secretmux.Secret
		i := 0
		for pb.Next() {
			value, _ := m.Load(keys[i])
			got, _ = value.(secretmux.Secret)
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

// runtimevarLatest has one Variable for each name: it knows no names.
func runtimevarLatest(b *testing.B, h *hit) {
	ctx := b.Context()
	variables := make([]*runtimevar.Variable, len(h.names))
	for i, name := range h.names {
		variables[i] = constantvar.New(secretValue(name))
		defer func() {
			if err := variables[i].Close(); err != nil {
				b.Error(err)
			}
		}()
	}
	h.verify(b, func(i int) string {
		got, err := variables[i].Latest(ctx)
		if err != nil {
			b.Fatal(err)
		}
		return fmt.Sprint(got.Value)
	})
	h.time(b, func(pb *testing.PB) {
		var got string
		i := 0
		for pb.Next() {
			snapshot, err := variables[i].Latest(ctx)
			if err != nil {
				b.Error(err)
				return
			}
			got, _ = snapshot.Value.(string)
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

func koanfString(b *testing.B, h *hit) {
	k := koanf.New(".")
	for _, name := range h.names {
		if err := k.Set(name, secretValue(name)); err != nil {
			b.Fatal(err)
		}
	}
	h.verify(b, func(i int) string { return k.String(h.names[i]) })
	h.time(b, func(pb *testing.PB) {
		var got string
		i := 0
		for pb.Next() {
			got = k.String(h.names[i])
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

func viperGetString(b *testing.B, h *hit) {
	v := viper.New()
	for _, name := range h.names {
		v.Set(name, secretValue(name))
	}
	h.verify(b, func(i int) string { return v.GetString(h.names[i]) })
	h.time(b, func(pb *testing.PB) {
		var got string
		i := 0
		for pb.Next() {
			got = v.GetString(h.names[i])
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}

func osGetenv(b *testing.B, h *hit) {
	variables := make([]string, len(h.names))
	for i, name := range h.names {
		variables[i] = fmt.Sprintf("BENCH_SERVICE_%06d_PASSWORD", i)
		b.Setenv(variables[i], secretValue(name))
	}
	h.verify(b, func(i int) string { return os.Getenv(variables[i]) })
	h.time(b, func(pb *testing.PB) {
		var got string
		i := 0
		for pb.Next() {
			got = os.Getenv(variables[i])
			i = after(i)
		}
		runtime.KeepAlive(got)
	})
}
