package azure_test

import (
	"context"
	"net/http/httptrace"
	"reflect"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A dump by reflection, like those of test libraries and debuggers, follows every
// pointer. It finds no token in the login, in the SDK, or in the buffer of a
// connection.
func TestDumpShowsNoToken(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	p := f.open(t, nil)
	wantValue(t, p, "alpha", "one")
	if dumps(reflect.ValueOf(p)) {
		t.Error("a dump of the provider shows the token")
	}
	kept := struct{ by map[string]any }{map[string]any{"x": []*azcore.AccessToken{{Token: faultscript.Credential}}}}
	if !dumps(reflect.ValueOf(&kept)) {
		t.Error("the dump does not find a token that is there")
	}
}

// dumps reports whether anything that can be reached from v has a part of a
// credential. It leaves out contexts, because their lists of children change during
// the walk.
func dumps(v reflect.Value) bool {
	type place struct {
		at uintptr
		of reflect.Type
	}
	seen := map[place]bool{}
	var walk func(reflect.Value) bool
	some := func(n int, at func(int) reflect.Value) bool {
		for i := range n {
			if walk(at(i)) {
				return true
			}
		}
		return false
	}
	walk = func(v reflect.Value) bool {
		if v.IsValid() && v.Type().PkgPath() == "context" {
			return false
		}
		switch v.Kind() {
		case reflect.String:
			return faultscript.Leaks(v.String())
		case reflect.Interface:
			return !v.IsNil() && walk(v.Elem())
		case reflect.Pointer:
			here := place{v.Pointer(), v.Type()}
			if v.IsNil() || seen[here] {
				return false
			}
			seen[here] = true
			return walk(v.Elem())
		case reflect.Struct:
			return some(v.NumField(), v.Field)
		case reflect.Map:
			keys := v.MapKeys()
			return some(len(keys), func(i int) reflect.Value { return keys[i] }) ||
				some(len(keys), func(i int) reflect.Value { return v.MapIndex(keys[i]) })
		case reflect.Slice:
			if v.Type().Elem().Kind() == reflect.Uint8 {
				return faultscript.Leaks(string(v.Bytes()))
			}
			return some(v.Len(), v.Index)
		case reflect.Array:
			return some(v.Len(), v.Index)
		default:
			return false
		}
	}
	return walk(v)
}

// A hook of the caller into HTTP requests sees their headers, and a load serves other
// callers than the one that began it. The other values of the context stay.
func TestHooksOfTheCallerSeeNoToken(t *testing.T) {
	type key struct{}
	var seen []string
	ctx := context.WithValue(t.Context(), key{}, "trace")
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaderField: func(name string, values []string) { seen = append(seen, name+" "+strings.Join(values, " ")) },
		GotConn:          func(httptrace.GotConnInfo) { seen = append(seen, "a connection") },
	})
	asPrincipal(t) // so that the login goes over HTTP as well
	w := &world{vault: newFake(t), token: grants()}
	w.vault.set("alpha", "one")
	p, err := openURI(t, "azure-kv://my-vault?credential=env", azure.Options{HTTPClient: w.client(t)})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := p.Get(ctx, "alpha"); err != nil || s.Reveal() != "one" {
		t.Fatalf("Get: %v", err)
	}
	if w.logins.Load() == 0 || len(seen) != 0 {
		t.Errorf("%d requests of the login; the hook saw %d things", w.logins.Load(), len(seen))
	}
	travelled := ""
	own := &credential{get: func(ctx context.Context) error { travelled, _ = ctx.Value(key{}).(string); return nil }}
	other := w.vault.open(t, func(o *azure.Options) { o.TokenCredential = own })
	if _, err := other.Get(ctx, "alpha"); err != nil || travelled != "trace" || len(seen) != 0 {
		t.Errorf("Get: %v; the other value is %q; the hook saw %d things", err, travelled, len(seen))
	}
}
