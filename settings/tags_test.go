package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

// describe has the shape of Describe for a table.
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
		"Secret in a list":    describe[struct{ A []secretmux.Secret }](),
		"pointer to a Secret": describe[struct{ A *secretmux.Secret }](),
		"sep": describe[struct {
			A string `sep:";"`
		}](),
		"keysep": describe[struct {
			A []string `keysep:";"`
		}](),
		"channel":       describe[struct{ A chan int }](),
		"interface":     describe[struct{ A any }](),
		"complex":       describe[struct{ A complex128 }](),
		"list of lists": describe[struct{ A [][]string }](),
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
	for range 2 { // the second is answered from what is known of the type
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
