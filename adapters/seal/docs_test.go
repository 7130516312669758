package seal_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/memory"
)

// The code of docs/sealing.md.
func TestDocs(t *testing.T) {
	store := must(secretmux.New(memory.New(map[string]string{"cards": newKeyset()}), docsValidate()))
	defer store.Close()
	value, err := docsSeal(t.Context(), store, "4111 1111")
	if err != nil || string(value) != "4111 1111" {
		t.Errorf("what was sealed does not open: %v", err)
	}
	box := must(seal.New(t.Context(), store, "cards", seal.Options{}))
	defer box.Close()
	p, text, err := docsSealed(memory.New(nil), box)
	if err != nil || text == "" {
		t.Errorf("no text for the backend: %v", err)
	}
	if _, err := p.Get(t.Context(), "db/password"); err == nil {
		t.Error("an absent secret was read")
	}
}

func docsSeal(ctx context.Context, store *secretmux.Store, number string) ([]byte, error) {
	box, err := seal.New(ctx, store, "cards", seal.Options{})
	if err != nil {
		return nil, err
	}
	defer box.Close()
	sealed, err := box.Seal([]byte(number), []byte("cards.number/42"))
	if err != nil {
		return nil, err
	}
	value, err := box.Open(ctx, sealed, []byte("cards.number/42"))
	return value, err
}

func docsValidate() secretmux.Options {
	opts := secretmux.Options{Validate: seal.Validate("cards")}
	return opts
}

func docsSealed(backend secretmux.Provider, box *seal.Box) (secretmux.Provider, string, error) {
	text, err := box.Text("db/password", []byte("...")) // "smx1:..." for the backend
	p := seal.Provider(backend, box)                    // opens what backend reads
	return p, text, err
}
