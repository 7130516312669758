package gcp_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"reflect"
	"strings"
	"testing"

	"cloud.google.com/go/auth"
	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/api/option"

	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A dump by reflection, like those of test libraries and debuggers, follows every
// pointer. It finds no token and no credentials anywhere.
func TestDumpShowsNoToken(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	p := open(t, secure(t, grpcHandler(f), faultscript.Credential))
	wantValue(t, p, "db", "x")
	if dumps(reflect.ValueOf(p)) {
		t.Error("a dump of the provider shows the token")
	}
	kept := struct{ by map[string]any }{map[string]any{"x": []*auth.Token{{Value: faultscript.Credential}}}}
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
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			t.Error("the call has no token")
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"name":"projects/1/secrets/db/versions/1","payload":{"data":"` +
			base64.StdEncoding.EncodeToString([]byte("x")) + `","dataCrc32c":"2839306131"}}`))
	}))
	t.Cleanup(server.Close)
	var seen []string
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "trace")
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(name string, values []string) {
		seen = append(seen, name+" "+strings.Join(values, " "))
	}})
	travelled := ""
	c, err := secretmanager.NewRESTClient(t.Context(), option.WithEndpoint(server.URL), option.WithHTTPClient(&http.Client{
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			travelled, _ = r.Context().Value(key{}).(string)
			r.Header.Set("Authorization", "Bearer "+faultscript.Credential)
			return server.Client().Transport.RoundTrip(r)
		}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p := open(t, gcp.Options{Project: project, Client: c})
	if s, err := p.Get(ctx, "db"); err != nil || s.Reveal() != "x" {
		t.Fatalf("Get: %v", err)
	}
	if len(seen) != 0 || travelled != "trace" {
		t.Errorf("the hook saw %d headers; the other value is %q", len(seen), travelled)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
