package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

// describe has the signature that the table needs.
func describe[T any]() error {
	_, err := settings.Describe[T]()
	return err
}

func TestMistakesInTheStruct(t *testing.T) {
	type nested struct{ A string }
	tests := map[string]error{
		"no struct": describe[int](),
		"pointer":   describe[*nested](),
		"a Secret":  describe[secretmux.Secret](),
		"empty secret tag": describe[struct {
			A string `secret:""`
		}](),
		"bad reference": describe[struct {
			A string `secret:"../Zq7xKw9vJj4yQz8gXf2h"`
		}](),
		"bad prefix": describe[struct {
			N nested `prefix:"/Zq7xKw9vJj4yQz8gXf2h#"`
		}](),
		"not exported": describe[struct {
			a string `secret:"a"`
		}](),
		"prefix on a value": describe[struct {
			A string `prefix:"a"`
		}](),
		"default on a struct": describe[struct {
			N nested `default:"a"`
		}](),
		"optional on a struct": describe[struct {
			N nested `optional:"true"`
		}](),
		"pointer to a struct": describe[struct{ N *nested }](),
		"optional false": describe[struct {
			A string `optional:"no"`
		}](),
		"optional and default": describe[struct {
			A string `optional:"true" default:"a"`
		}](),
		"placeholder": describe[struct {
			A string `placeholder:"yes"`
		}](),
		"encoding": describe[struct {
			A string `encoding:"rot13"`
		}](),
		"Secret from JSON": describe[struct {
			A secretmux.Secret `encoding:"json"`
		}](),
		"Secret by default": describe[struct {
			A secretmux.Secret `default:"Zq7xKw9vJj4yQz8gXf2h"`
		}](),
		"Secret in a document": describe[struct {
			A struct{ B secretmux.Secret } `secret:"a"`
		}](),
		"Secret in a map":     describe[struct{ A map[string]secretmux.Secret }](),
		"pointer to a Secret": describe[struct{ A *secretmux.Secret }](),
		"sep": describe[struct {
			A string `sep:";"`
		}](),
		"keysep": describe[struct {
			A []string `keysep:";"`
		}](),
		"tag of another library": describe[struct {
			A string `env:"OTHER"`
		}](),
		"default of another library": describe[struct {
			A string `envDefault:"Zq7xKw9vJj4yQz8gXf2h"`
		}](),
		"mapstructure": describe[struct {
			A string `mapstructure:"a"`
		}](),
		"koanf": describe[struct {
			A string `koanf:"a"`
		}](),
		"misspelt": describe[struct {
			A string `secert:"a"`
		}](),
		"a plural": describe[struct {
			A string `defaults:"a"`
		}](),
		"a capital": describe[struct {
			A string `Optional:"true"`
		}](),
		"required": describe[struct {
			A string `secret:"a" required:"true"`
		}](),
		"an option in the secret tag": describe[struct {
			A string `secret:"a,required"`
		}](),
		"a default that is not exported": describe[struct {
			a string `default:"a"`
		}](),
		"a prefix without a separator": describe[struct {
			N nested `prefix:"db"`
		}](),
		"a variable of the system": describe[struct{ Path string }](),
		"another of these":         describe[struct{ User string }](),
		"a list of itself":         describe[struct{ A endlessList }](),
		"a map of itself":          describe[struct{ A endlessMap }](),
		"a pointer to itself":      describe[struct{ A endlessPointer }](),
		"a list of maps of itself": describe[struct{ A endlessBoth }](),
		"channel":                  describe[struct{ A chan int }](),
		"interface":                describe[struct{ A any }](),
		"complex":                  describe[struct{ A complex128 }](),
		"list of lists":            describe[struct{ A [][]string }](),
		"unparsable default": describe[struct {
			A int `default:"Zq7xKw9vJj4yQz8gXf2h"`
		}](),
		"empty default": describe[struct {
			A int `default:""`
		}](),
		"default not in base64": describe[struct {
			A []byte `default:"!Zq7xKw9vJj4yQz8gXf2h" encoding:"base64"`
		}](),
	}
	for name, err := range tests {
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "(") {
			t.Errorf("%s: %v, want ErrInvalid with a hint", name, err)
		}
		noLeak(t, err)
	}
}

func TestMistakesInTheStructComeAllAtOnceAndBeforeAnyRead(t *testing.T) {
	type config struct {
		A string `optional:"no"`
		B string `encoding:"rot13"`
		N struct {
			C string `secret:""`
		}
	}
	r := newRig(t, nil)
	for range 2 { // the second call uses the knowledge of the type
		_, err := settings.Load[config](t.Context(), r.store, settings.Options{})
		for _, field := range []string{`"A"`, `"B"`, `"N.C"`} {
			if err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%v: want a word about %s", err, field)
			}
		}
	}
	if n := r.memory.Calls().Total(); n != 0 {
		t.Errorf("%d reads for a struct that can't be filled", n)
	}
}

type (
	endlessList    []endlessList
	endlessMap     map[string]endlessMap
	endlessPointer *endlessPointer
	endlessBoth    []map[string]endlessBoth
)

// A type that only JSON can hold is valid as JSON, and Describe ends for it.
func TestRecursiveTypesInJSON(t *testing.T) {
	type config struct {
		A endlessList `encoding:"json"`
		B endlessMap  `encoding:"json"`
	}
	got := mustLoad[config](t, map[string]string{"a": "[[],[[]]]", "b": `{"x":{}}`})
	if len(got.A) != 2 || len(got.B) != 1 {
		t.Errorf("%v", got)
	}
	var b strings.Builder
	if err := settings.Example[config](&b); err != nil || !strings.Contains(b.String(), "A=") {
		t.Errorf("%v\n%s", err, b.String())
	}
	if _, err := settings.Describe[config](); err != nil {
		t.Error(err)
	}
	if err := settings.CheckExample[config](strings.NewReader(b.String())); err != nil {
		t.Error(err)
	}
}

// A name of the system is intended if it comes from a tag or has a prefix.
func TestNamesOfTheSystemWithATag(t *testing.T) {
	type config struct {
		Path string `secret:"path"`
		App  struct{ User, Home string }
	}
	got := mustLoad[config](t, map[string]string{"path": "/p", "app/user": "u", "app/home": "/h"})
	if got.Path != "/p" || got.App.User != "u" {
		t.Errorf("%+v", got)
	}
}
