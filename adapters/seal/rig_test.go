package seal_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/memory"
)

const canary = "Jx5mWq8zTc2vRk7n"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newKeyset() string { return string(must(seal.NewKeyset())) }

func added(text string) string { return string(must(seal.Add([]byte(text)))) }

func promoted(text string) string { return string(must(seal.Promote([]byte(text)))) }

func handleOf(text string) *keyset.Handle {
	return must(insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader([]byte(text)))))
}

// tinkOf is Tink's own API with a keyset.
func tinkOf(text string) tink.AEAD { return must(aead.New(handleOf(text))) }

func binaryOf(text string) string {
	var out bytes.Buffer
	if err := insecurecleartextkeyset.Write(handleOf(text), keyset.NewBinaryWriter(&out)); err != nil {
		panic(err)
	}
	return out.String()
}

// with returns a keyset with its first key changed; nil removes it.
func with(text string, change func(key map[string]any)) string {
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		panic(err)
	}
	all := doc["key"].([]any)
	if change == nil {
		doc["key"] = all[1:]
	} else {
		change(all[0].(map[string]any))
	}
	return string(must(json.Marshal(doc)))
}

func disabled(text string) string {
	return with(text, func(key map[string]any) { key["status"] = "DISABLED" })
}

// instance is one process: a store of the backend, and a box.
type instance struct {
	*seal.Box
	store *secretmux.Store
	t     testing.TB
}

func newInstance(t testing.TB, m *memory.Provider, o secretmux.Options) *instance {
	t.Helper()
	if o.TTL == 0 {
		o.TTL = 24 * time.Hour
	}
	store := must(secretmux.New(m, o))
	box, err := seal.New(t.Context(), store, "k", seal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close(); _ = store.Close() })
	return &instance{box, store, t}
}

// learn makes the instance read the keyset.
func (i *instance) learn() {
	i.t.Helper()
	if err := i.store.Refresh(i.t.Context(), "k"); err != nil {
		i.t.Fatal(err)
	}
	synctest.Wait()
}

func (i *instance) seal(value, context string) []byte {
	i.t.Helper()
	return must(i.Seal([]byte(value), []byte(context)))
}

func (i *instance) opens(sealed []byte, value, context string) {
	i.t.Helper()
	if got, err := i.Open(i.t.Context(), sealed, []byte(context)); err != nil || string(got) != value {
		i.t.Fatalf("%q, %v", got, err)
	}
}
