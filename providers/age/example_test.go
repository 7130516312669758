package age_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
)

// A service gets the private key from SECRETMUX_AGE_KEY or, like here, from a file.
func Example() {
	store, err := secretmux.Open(context.Background(), "sops:testdata/hybrid.env?identity_file=testdata/hybrid.key", age.Backend())
	if err != nil {
		panic(err)
	}
	defer store.Close()
	s, err := store.Get(context.Background(), "db/password")
	fmt.Println(s, len(s.Reveal()), err)
	// Output: [redacted] 7 <nil>
}

func ExampleProvider() {
	p, err := age.New(age.Options{Kind: age.Sops, Path: "testdata/x25519.json", IdentityFile: "testdata/x25519.key"})
	if err != nil {
		panic(err)
	}
	s, err := p.Get(context.Background(), "db")
	if err != nil {
		panic(err)
	}
	port, err := s.Field("port")
	fmt.Println(port.Reveal(), err)
	// Output: 5432 <nil>
}

// With the key of another person, a chain does not go on to a weaker link.
func ExampleOptions() {
	foreign, err := filippo.GenerateX25519Identity()
	if err != nil {
		panic(err)
	}
	p, err := age.New(age.Options{Kind: age.Sops, Path: "testdata/x25519.env", Identities: []filippo.Identity{foreign}})
	if err != nil {
		panic(err)
	}
	_, err = p.Get(context.Background(), "db/password")
	fmt.Println(secretmux.ClassOf(err))
	// Output: denied
}

// Public keys are enough to begin a file. Reading it takes a private key.
func ExampleEditor() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	key, err := filippo.GenerateHybridIdentity()
	if err != nil {
		panic(err)
	}
	opts := age.Options{Kind: age.Sops, Path: filepath.Join(dir, "secrets.env")}
	editor, err := age.NewEditor(opts, key.Recipient().String())
	if err != nil {
		panic(err)
	}
	fmt.Println(editor.Set(context.Background(), "db/password", []byte("hunter2")))

	opts.Identities = []filippo.Identity{key}
	p, err := age.New(opts)
	if err != nil {
		panic(err)
	}
	s, err := p.Get(context.Background(), "db/password")
	fmt.Println(s.Reveal(), err)
	// Output:
	// <nil>
	// hunter2 <nil>
}

// A person edits the plain text. Save replaces it by the changed text.
func ExampleDraft() {
	editor, err := age.NewEditor(age.Options{Kind: age.Sops, Path: "testdata/x25519.env", IdentityFile: "testdata/x25519.key"})
	if err != nil {
		panic(err)
	}
	draft, err := editor.Open(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(len(draft.Text) > 0, editor.Save(context.Background(), draft, draft.Text)) // nothing changes
	// Output: true <nil>
}
