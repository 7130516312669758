package memory_test

import (
	"context"
	"fmt"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

// A test opens the program's config string with a Provider, and changes secrets while
// the program runs. Options{TTL: -1} keeps nothing, so that each Get sees the change.
func ExampleProvider() {
	ctx := context.Background()
	m := memory.New(map[string]string{"db/password": "s3cret"})
	opener := secretmux.Opener{
		Backends: []secretmux.Backend{m.Backend()},
		Options:  secretmux.Options{TTL: -1, NegativeTTL: -1},
	}
	store, err := opener.Open(ctx, "memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	before, _ := store.Get(ctx, "db/password")
	m.Set("db/password", "new")
	after, _ := store.Get(ctx, "db/password")
	m.Disable("db/password")
	_, err = store.Get(ctx, "db/password")

	fmt.Println(before.Reveal(), before.Version())
	fmt.Println(after.Reveal(), after.Version())
	fmt.Println(secretmux.ClassOf(err))
	// Output:
	// s3cret 1
	// new 2
	// disabled
}

// Calls show that a batch is one call.
func ExampleCalls() {
	m := memory.New(map[string]string{"a": "1", "b": "2"})
	_, _ = secretmux.GetMany(context.Background(), m, []string{"a", "b", "absent"})
	fmt.Printf("%+v\n", m.Calls())
	fmt.Println("reads of a:", m.Reads("a"))
	// Output:
	// {Get:0 GetMany:1 GetVersion:0 List:0 Check:0 Close:0}
	// reads of a: 1
}
