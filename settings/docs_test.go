package settings_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

// The code of docs/settings.md.
func TestDocs(t *testing.T) {
	_, store := open(map[string]string{"db/creds": `{"user":"app","password":"correct horse"}`, "payments/api-key": "k3y"})
	defer store.Close()
	if port := docsLoad(t.Context(), store); port != 8080 {
		t.Errorf("port %d, want 8080", port)
	}
	user, err := docsWatch(t.Context(), store, func(error) {})
	if err != nil || user != "app" {
		t.Errorf("user %s, %v", user, err)
	}
	var file bytes.Buffer
	if err := docsExample(&file); err != nil {
		t.Error(err)
	}
}

func docsLoad(ctx context.Context, store *secretmux.Store) int {
	type Config struct {
		Port    int           `default:"8080" validate:"min=1024" desc:"where to listen"`
		Timeout time.Duration `default:"5s"`
		DB      struct {
			User     string           `secret:"user"`
			Password secretmux.Secret `secret:"password" validate:"min=12"`
		} `prefix:"db/creds#"`
		APIKey secretmux.Secret `secret:"payments/api-key"`
	}

	config, err := settings.Load[Config](ctx, store, settings.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return config.Port
}

func docsWatch(ctx context.Context, store *secretmux.Store, report func(error)) (string, error) {
	config, err := settings.Watch[Config](ctx, store, settings.Options{OnError: report})
	if err != nil {
		return "", err
	}
	defer config.Stop()
	stop, err := config.OnChange(func(ctx context.Context, c settings.Change[Config]) error {
		log.Print("changed: ", c.Fields) // [DB.User DB.Password]
		return nil                       // an error: it is called again with back-off
	})
	if err != nil {
		return "", err
	}
	defer stop()
	c := config.Current() // one atomic load of a whole, checked struct: for every request
	return c.DB.User, nil
}

// docsExample writes the file, with keys, types, defaults and descriptions, and never a
// value; and it checks the committed one.
func docsExample(file io.ReadWriter) error {
	if err := settings.Example[Config](file); err != nil {
		return err
	}
	return settings.CheckExample[Config](file)
}
