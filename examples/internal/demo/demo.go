// Package demo gives the examples secrets that need no set-up. It writes embedded secrets
// into a temporary folder. They give access to nothing.
package demo

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

//go:embed files
var files embed.FS

// Secrets has the store that an example reads.
type Secrets struct {
	// Store is opened from $SECRETS, or with the embedded secrets.
	Store *secretmux.Store
	// Config is the config string.
	Config string
	// Folder is the folder of the embedded secrets. It is empty if $SECRETS is set.
	Folder string
}

// Open opens $SECRETS, or the embedded secrets if it is empty. Close releases both.
func Open(ctx context.Context) (*Secrets, error) {
	s := &Secrets{Config: os.Getenv("SECRETS")}
	if s.Config == "" {
		if err := s.unpack(); err != nil {
			return nil, err
		}
	}
	var err error
	if s.Store, err = secretmux.Open(ctx, s.Config, local.Backend()); err != nil {
		_ = os.RemoveAll(s.Folder)
		return nil, err
	}
	return s, nil
}

// Close closes the store and removes the embedded secrets.
func (s *Secrets) Close() error {
	if err := s.Store.Close(); err != nil {
		return err
	}
	return os.RemoveAll(s.Folder)
}

// Rotate replaces one embedded secret like an operator: it renames a new file over the
// old one.
func (s *Secrets) Rotate(name, value string) error {
	target := filepath.Join(s.Folder, "secrets", filepath.FromSlash(name))
	next := target + ".next"
	if err := os.WriteFile(next, []byte(value+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(next, target)
}

func (s *Secrets) unpack() error {
	folder, err := os.MkdirTemp("", "secretmux-demo-")
	if err != nil {
		return err
	}
	s.Folder = folder
	if err := s.write(); err != nil {
		_ = os.RemoveAll(folder)
		return fmt.Errorf("unpack the embedded secrets: %w", err)
	}
	at := (&url.URL{Path: filepath.ToSlash(folder)}).EscapedPath()
	s.Config = "env:,dotenv://" + at + "/dotenv,file://" + at + "/secrets"
	return nil
}

func (s *Secrets) write() error {
	return fs.WalkDir(files, "files", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel("files", filepath.FromSlash(path))
		if err != nil {
			return err
		}
		target := filepath.Join(s.Folder, relative)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		content, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
}
