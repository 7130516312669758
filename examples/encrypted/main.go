// Encrypted keeps secrets in an encrypted file of a repository: it makes a key, writes
// the file, reads it through a store, changes one value, and shows the error for a wrong
// key.
//
//	go run ./examples/encrypted
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/env"
)

func main() {
	dir, err := os.MkdirTemp("", "encrypted")
	if err == nil {
		err = errors.Join(run(context.Background(), os.Stdout, dir), os.RemoveAll(dir))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, dir string) error {
	// secretmux keygen does the same. A service gets the private key from
	// SECRETMUX_AGE_KEY or identity_file=.
	key, err := filippo.GenerateHybridIdentity()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "secrets.env")
	opts := age.Options{Kind: age.Sops, Path: file, Identities: []filippo.Identity{key}}

	// secretmux set does the same.
	editor, err := age.NewEditor(opts, key.Recipient().String())
	if err != nil {
		return err
	}
	for name, value := range map[string]string{"db/password": "hunter2", "api/key": "k-123"} {
		if err := editor.Set(ctx, name, []byte(value)); err != nil {
			return err
		}
	}
	if err := read(ctx, out, opts); err != nil {
		return err
	}
	if err := change(ctx, out, editor, file); err != nil {
		return err
	}
	return refuse(ctx, out, opts)
}

// read reads a secret like a service.
func read(ctx context.Context, out io.Writer, opts age.Options) (err error) {
	config := "env:?prefix=OVERRIDE_," + (&secretmux.URI{Scheme: string(age.Sops), Path: filepath.ToSlash(opts.Path)}).String()
	store, err := secretmux.Open(ctx, config, env.Backend(), opts.Backend())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	password, err := store.Get(ctx, "db/password")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "db/password is %v, with %d bytes\n", password, len(password.Reveal()))
	return err
}

// change sets one value, and shows which lines of the file have changed.
func change(ctx context.Context, out io.Writer, editor *age.Editor, file string) error {
	before, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := editor.Set(ctx, "db/password", []byte("correct horse")); err != nil {
		return err
	}
	after, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(after)) {
		name, _, _ := strings.Cut(line, "=")
		if !strings.Contains(string(before), line) && name != "sops_lastmodified" { // the time in the file has seconds
			if _, err := fmt.Fprintln(out, "a new db/password changed the line of", name); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuse reads with the key of another person. A chain would stop here.
func refuse(ctx context.Context, out io.Writer, opts age.Options) error {
	foreign, err := filippo.GenerateHybridIdentity()
	if err != nil {
		return err
	}
	opts.Identities = []filippo.Identity{foreign}
	p, err := age.New(opts)
	if err != nil {
		return err
	}
	_, err = p.Get(ctx, "db/password")
	_, err = fmt.Fprintln(out, "the key of another person is", secretmux.ClassOf(err))
	return err
}
