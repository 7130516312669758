package env_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

func ExampleProvider() {
	ctx := context.Background()
	_ = os.Setenv("EXAMPLE_DB_PASSWORD", "hunter2")
	defer func() { _ = os.Unsetenv("EXAMPLE_DB_PASSWORD") }()

	p, err := env.New(env.Options{Prefix: "EXAMPLE_"})
	if err != nil {
		fmt.Println(err)
		return
	}
	password, err := p.Get(ctx, "db/password")
	fmt.Println(password, len(password.Reveal()), err)
	_, err = p.Get(ctx, "db/user")
	fmt.Println(errors.Is(err, secretmux.ErrNotFound))
	// Output:
	// [redacted] 7 <nil>
	// true
}

func ExampleName() {
	fmt.Println(env.Name("APP_", "db/password"))
	fmt.Println(env.Name("", "2fa.key"))
	// Output:
	// APP_DB_PASSWORD
	// _2FA_KEY
}

func ExampleOptions() {
	// Your own test can have its own environment.
	vars := map[string]string{"DB_PASSWORD": "hunter2"}
	p, err := env.New(env.Options{
		Lookup:  func(variable string) (string, bool) { v, ok := vars[variable]; return v, ok },
		Environ: func() []string { return []string{"DB_PASSWORD=" + vars["DB_PASSWORD"]} },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, err)
	}
	// Output: db/password <nil>
}

// Backend adds Options to a config string. Here it adds the environment of a test.
func ExampleOptions_Backend() {
	vars := map[string]string{"SHOP_DB_PASSWORD": "hunter2"}
	backend := env.Options{
		Lookup:  func(variable string) (string, bool) { v, ok := vars[variable]; return v, ok },
		Environ: func() []string { return nil },
	}.Backend()

	store, err := secretmux.Open(context.Background(), "env:?prefix=SHOP_", backend)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	password, err := store.Get(context.Background(), "db/password")
	fmt.Println(password, len(password.Reveal()), err)
	// Output: [redacted] 7 <nil>
}
