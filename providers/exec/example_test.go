package exec_test

import (
	"context"
	"fmt"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
)

// In a config string, exec:op?arg=read&arg=op://vault/{name} asks 1Password. The
// command of this example prints its last argument.
func Example() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	link := (&secretmux.URI{Scheme: exec.Scheme, Path: self}).With("arg", "play", "print", "value of {name}").String()
	store, err := secretmux.Open(context.Background(), link, exec.Backend())
	if err != nil {
		panic(err)
	}
	defer store.Close()
	s, err := store.Get(context.Background(), "db/password")
	fmt.Println(s, len(s.Reveal()), err)
	// Output: [redacted] 20 <nil>
}

// A command has no common way to say that a secret does not exist. This command
// reports it with its exit code.
func ExampleOptions() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	p, err := exec.New(exec.Options{Program: self, Args: []string{"play", "code", "44", "{name}"}, NotFound: 44})
	if err != nil {
		panic(err)
	}
	_, err = p.Get(context.Background(), "db/password")
	fmt.Println(secretmux.ClassOf(err))
	// Output: not found
}

// A name never becomes an option and never reaches a shell.
func ExampleProvider() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	p, err := exec.New(exec.Options{Program: self, Args: []string{"play", "print", "{name}"}})
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"db/password", "--help", "$(id)"} {
		_, err := p.Get(context.Background(), name)
		fmt.Println(secretmux.ClassOf(err))
	}
	// Output:
	// <nil>
	// invalid
	// invalid
}
