package settings_test

import (
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/memory"
)

type database struct {
	User     string           `secret:"user"`
	Password secretmux.Secret `secret:"password"`
	Port     int              `secret:"port" default:"5432"`
}

// The names that fields are filled from, nested, prefixed and derived.
func TestNames(t *testing.T) {
	type base struct{ LogLevel string }
	type config struct {
		base                             // embedded: no prefix
		DBPassword string                // derived
		APIKeyV2   string                //
		Explicit   string                `secret:"db/creds#/users/0/name"`
		Primary    struct{ Host string } // derived prefix
		Replica    struct{ Host string } `prefix:"second/"`
		Flat       struct{ Flag string } `prefix:""`
		Creds      database              `prefix:"db/creds#"`
		Outer      struct {
			Inner struct{ Name string } `prefix:"in/"`
		} `prefix:"out/"`
		Skipped chan int `secret:"-"`
		hidden  string   //nolint:unused // the test needs a field that is not set
	}
	fields, err := settings.Describe[config]()
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{
		{"base.LogLevel", "log_level"},
		{"DBPassword", "db_password"},
		{"APIKeyV2", "api_key_v2"},
		{"Explicit", "db/creds#/users/0/name"},
		{"Primary.Host", "primary/host"},
		{"Replica.Host", "second/host"},
		{"Flat.Flag", "flag"},
		{"Creds.User", "db/creds#user"},
		{"Creds.Password", "db/creds#password"},
		{"Creds.Port", "db/creds#port"},
		{"Outer.Inner.Name", "out/in/name"},
	}
	if len(fields) != len(want) {
		t.Fatalf("%d fields, want %d: %+v", len(fields), len(want), fields)
	}
	for i, f := range fields {
		if f.Path != want[i][0] || f.Ref != want[i][1] {
			t.Errorf("%s from %s, want %s from %s", f.Path, f.Ref, want[i][0], want[i][1])
		}
	}
	got := mustLoad[config](t, map[string]string{
		"log_level": "l", "db_password": "p", "api_key_v2": "k", "db/creds": `{"users":[{"name":"n"}],"user":"u","password":"` + canary + `"}`,
		"primary/host": "h1", "second/host": "h2", "flag": "f", "out/in/name": "o",
	})
	if got.LogLevel != "l" || got.Explicit != "n" || got.Primary.Host != "h1" || got.Replica.Host != "h2" || got.Flat.Flag != "f" ||
		got.Creds.User != "u" || got.Creds.Password.Reveal() != canary || got.Creds.Port != 5432 || got.Outer.Inner.Name != "o" {
		t.Errorf("%+v", got)
	}
}

func TestOneBatchForTheWholeStruct(t *testing.T) {
	type config struct {
		Creds database `prefix:"db/creds#"`
		Whole struct {
			User string `json:"user"`
		} `secret:"db/creds"`
		A, B, C string
		Old     string `secret:"a?version=1"`
	}
	r := newRig(t, map[string]string{"db/creds": `{"user":"u","password":"p"}`, "a": "1", "b": "2", "c": "3"})
	for range 3 { // the second and third come from the store's memory
		if _, err := settings.Load[config](t.Context(), r.store, settings.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	want := memory.Calls{GetMany: 1, GetVersion: 1}
	if got := r.memory.Calls(); got != want {
		t.Errorf("%+v, want one batch and one read of a version: %+v", got, want)
	}
	if n := r.memory.Reads("db/creds"); n != 1 {
		t.Errorf("five fields of one document: %d reads of it, want 1", n)
	}
}

// Only the documents of a struct are read, each of them once.
func TestDocumentOfAStructIsReadOnce(t *testing.T) {
	type config struct {
		Creds database `prefix:"db/creds#"`
	}
	r := newRig(t, map[string]string{"db/creds": `{"user":"u","password":"p"}`})
	if _, err := settings.Load[config](t.Context(), r.store, settings.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := r.memory.Calls().Total(); got != 1 {
		t.Errorf("%d calls, want 1", got)
	}
}
