package seal_test

import (
	"context"
	"fmt"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/memory"
)

func ExampleBox() {
	ctx := context.Background()
	backend := memory.New(map[string]string{"columns": newKeyset()})
	store := must(secretmux.New(backend, secretmux.Options{Validate: seal.Validate("columns")}))
	defer store.Close()
	box, err := seal.New(ctx, store, "columns", seal.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer box.Close()

	sealed, _ := box.Seal([]byte("4111 1111"), []byte("users.card/42"))
	value, err := box.Open(ctx, sealed, []byte("users.card/42"))
	fmt.Println(string(value), err)
	_, err = box.Open(ctx, sealed, []byte("users.card/43"))
	fmt.Println(err)
	// Output:
	// 4111 1111 <nil>
	// secretmux: open: corrupt: the value can't be opened (give the context that the value was sealed for; otherwise the value was changed)
}

// An operator's rotation: each step is written to the backend and read by every instance
// before the next.
func ExampleAdd() {
	keyset, err := seal.NewKeyset()
	if err != nil {
		fmt.Println(err)
		return
	}
	keyset, err = seal.Add(keyset)
	fmt.Println(err)
	keyset, err = seal.Promote(keyset)
	fmt.Println(err, len(keyset) > 0)
	// Output:
	// <nil>
	// <nil> true
}

// Values in one backend are sealed with a keyset from another.
func ExampleProvider() {
	ctx := context.Background()
	keysets := must(secretmux.New(memory.New(map[string]string{"k": newKeyset()}), secretmux.Options{}))
	defer keysets.Close()
	box := must(seal.New(ctx, keysets, "k", seal.Options{}))
	defer box.Close()

	text, _ := box.Text("db/password", []byte("hunter2"))
	backend := memory.New(map[string]string{"db/password": text})
	store := must(secretmux.New(seal.Provider(backend, box), secretmux.Options{}))
	defer store.Close()
	s, err := store.Get(ctx, "db/password")
	fmt.Println(s.Reveal(), err)
	// Output: hunter2 <nil>
}

func ExampleOptions() {
	fmt.Println(seal.Options{})
	// Output: {}
}
