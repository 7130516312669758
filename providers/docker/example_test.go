package docker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
)

func Example() {
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "db_password"), []byte("hunter2\n"), 0o444); err != nil {
		panic(err)
	}

	// In a container, "docker:" is enough.
	store, err := secretmux.Open(context.Background(), "docker:"+filepath.ToSlash(dir), docker.Backend())
	if err != nil {
		panic(err)
	}
	defer store.Close()
	s, err := store.Get(context.Background(), "db/password")
	fmt.Println(s, len(s.Reveal()), err)
	// Output: [redacted] 7 <nil>
}

func ExampleProvider() {
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "db_password"), []byte("hunter2"), 0o444); err != nil {
		panic(err)
	}

	p, err := docker.New(docker.Options{Dir: dir})
	if err != nil {
		panic(err)
	}
	_, err = p.Get(context.Background(), "db/password")
	fmt.Println(err)
	_, err = p.Get(context.Background(), "db_password") // the same file
	fmt.Println(secretmux.ClassOf(err))
	// Output:
	// <nil>
	// invalid
}

// One host folder can serve several services.
func ExampleOptions() {
	dir, err := os.MkdirTemp("", "secrets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "shop_db_password"), []byte("hunter2"), 0o444); err != nil {
		panic(err)
	}

	p, err := docker.New(docker.Options{Dir: dir, Prefix: "shop_"})
	if err != nil {
		panic(err)
	}
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, err)
	}
	// Output: db/password <nil>
}
