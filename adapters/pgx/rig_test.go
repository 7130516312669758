package pgxsecret_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

const (
	ref    = "db/app"
	canary = "Hq3xVn8wLz6kRt2p"
)

func storeOf(t testing.TB, value string) (*secretmux.Store, *memory.Provider) {
	t.Helper()
	vault := memory.New(map[string]string{ref: value})
	store, err := secretmux.New(vault, secretmux.Options{TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, vault
}

func poolConfig(t testing.TB, text string) *pgxpool.Config {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func secret(value string) secretmux.Secret {
	return secretmux.NewSecret([]byte(value), secretmux.Meta{})
}
