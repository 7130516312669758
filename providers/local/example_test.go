package local_test

import (
	"context"
	"fmt"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

func ExampleBackend() {
	store, err := secretmux.Open(context.Background(), "env:?prefix=SHOP_,docker:", local.Backend())
	if err != nil {
		panic(err)
	}
	defer store.Close()
	_, err = store.Get(context.Background(), "no/such/secret")
	fmt.Println(secretmux.ClassOf(err))
	// Output: not found
}
