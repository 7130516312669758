package docs_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe"
	"github.com/secretmux/secretmux/adapters/observe/expvars"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestObservabilityPage(t *testing.T) {
	var out strings.Builder
	store, err := secretmux.New(memory.New(map[string]string{"db/password": "s3cret"}), whoReads(slog.New(slog.NewTextHandler(&out, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Get(t.Context(), "db/password"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "ref=db/password") {
		t.Error("the read is not in the trail")
	}
	if err := publish(store); err != nil {
		t.Error(err)
	}
}

func whoReads(trail *slog.Logger) secretmux.Options {
	opts := secretmux.Options{OnRead: observe.Reads(trail)}
	return opts
}

func publish(store *secretmux.Store) error {
	err := expvars.Publish("secrets", store)
	return err
}
