package systemd_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/systemd"
)

// In a unit, "systemd:" is enough.
func Example() {
	defer unit()()

	store, err := secretmux.Open(context.Background(), "systemd:", systemd.Backend())
	if err != nil {
		panic(err)
	}
	defer store.Close()
	s, err := store.Get(context.Background(), "db/password")
	fmt.Println(s, len(s.Reveal()), err)
	// Output: [redacted] 7 <nil>
}

func ExampleProvider() {
	defer unit()()

	p, err := systemd.New(systemd.Options{})
	if err != nil {
		panic(err)
	}
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, err)
	}
	// Output: db/password <nil>
}

// The same chain serves a unit and a developer's shell, where nothing sets the
// variable.
func ExampleOptions() {
	shell := func(string) (string, bool) { return "", false }

	p, err := systemd.New(systemd.Options{Lookup: shell})
	if err != nil {
		panic(err)
	}
	_, err = p.Get(context.Background(), "db/password")
	fmt.Println(secretmux.ClassOf(err))

	p, err = systemd.New(systemd.Options{Lookup: shell, Missing: secretmux.ErrNotFound})
	if err != nil {
		panic(err)
	}
	_, err = p.Get(context.Background(), "db/password")
	fmt.Println(secretmux.ClassOf(err))
	// Output:
	// invalid
	// not found
}

// unit makes the same folder as systemd does for LoadCredential=db_password:...
func unit() (stop func()) {
	dir, err := os.MkdirTemp("", "credentials")
	if err != nil {
		panic(err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "db_password"), []byte("hunter2\n"), 0o400),
		os.Setenv("CREDENTIALS_DIRECTORY", dir),
	)
	if err != nil {
		panic(err)
	}
	return func() { _, _ = os.Unsetenv("CREDENTIALS_DIRECTORY"), os.RemoveAll(dir) }
}
