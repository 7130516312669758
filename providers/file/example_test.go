package file_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

func Example() {
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("hunter2\n"), 0o600); err != nil {
		panic(err)
	}

	store, err := secretmux.Open(context.Background(), "file:"+filepath.ToSlash(dir), file.Backend())
	if err != nil {
		panic(err)
	}
	defer store.Close()
	s, err := store.Get(context.Background(), "password")
	fmt.Println(s, len(s.Reveal()), err)
	// Output: [redacted] 7 <nil>
}

func ExampleProvider() {
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(filepath.Join(dir, "db"), 0o700); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "db", "password"), []byte("hunter2\n"), 0o600); err != nil {
		panic(err)
	}

	p, err := file.New(file.Options{Dir: dir})
	if err != nil {
		panic(err)
	}
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, err)
	}
	_, err = p.Get(context.Background(), "db/user")
	fmt.Println(secretmux.ClassOf(err))
	// Output:
	// db/password <nil>
	// not found
}

// With Raw, the value is the file byte for byte.
func ExampleOptions() {
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "key.pem"), []byte("...\n"), 0o600); err != nil {
		panic(err)
	}

	p, err := file.New(file.Options{Dir: dir, Raw: true})
	if err != nil {
		panic(err)
	}
	s, err := p.Get(context.Background(), "key.pem")
	fmt.Printf("%q %v\n", s.Reveal(), err)
	// Output: "...\n" <nil>
}
