package azure_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func names(t *testing.T, p *azure.Provider, prefix string) []string {
	t.Helper()
	var got []string
	for info, err := range p.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Name)
	}
	return got
}

func TestList(t *testing.T) {
	f := newFake(t)
	for _, name := range []string{"Shop-db--password", "shop-db--user", "SHOP-api", "shop-off", "shop-odd---one", "shop--lead", "other", "shop-"} {
		f.set(name, faultscript.Canary)
	}
	f.disable("shop-off")
	tests := []struct {
		opts   azure.Options
		prefix string
		want   []string
	}{
		{azure.Options{}, "", []string{"SHOP-api", "Shop-db--password", "other", "shop-", "shop--lead", "shop-db--user", "shop-odd---one", "shop-off"}},
		{azure.Options{}, "shop-d", []string{"shop-db--user"}},
		{azure.Options{Prefix: "shop-"}, "", []string{"api", "db--password", "-lead", "db--user", "odd---one", "off"}},
		{azure.Options{Prefix: "shop-", Separator: "--"}, "", []string{"api", "db/password", "-lead", "db/user", "off"}},
		{azure.Options{Prefix: "shop-", Separator: "--"}, "db/", []string{"db/password", "db/user"}},
		{azure.Options{Prefix: "shop-", Separator: "---"}, "o", []string{"odd/one", "off"}},
		{azure.Options{Prefix: "none-"}, "", nil},
	}
	for _, tt := range tests {
		p := f.open(t, func(o *azure.Options) { o.Prefix, o.Separator = tt.opts.Prefix, tt.opts.Separator })
		got := names(t, p, tt.prefix)
		if !slices.Equal(got, tt.want) {
			t.Errorf("List(%q) with %q and %q = %q, want %q", tt.prefix, tt.opts.Prefix, tt.opts.Separator, got, tt.want)
		}
		for _, name := range got {
			if name != "off" && name != "shop-off" {
				wantValue(t, p, name, faultscript.Canary)
			}
		}
	}
}

func TestListSays(t *testing.T) {
	f := newFake(t)
	v := f.set("alpha", faultscript.Canary)
	v.exp, v.updated = v.created+60, v.created+1000 // a changed tag, which changes only updated
	p := f.open(t, nil)
	for info, err := range p.List(t.Context(), "") {
		want := secretmux.Info{Name: "alpha", Created: time.Unix(v.created, 0), Expires: time.Unix(v.exp, 0), Source: "azure-kv://my-vault"}
		if err != nil || info.Name != want.Name || info.Source != want.Source || info.Version != "" ||
			!info.Created.Equal(want.Created) || !info.Expires.Equal(want.Expires) ||
			!info.VersionCreated.Equal(want.Created) || info.Updated.Unix() != v.updated || info.Enabled == nil || !*info.Enabled {
			t.Errorf("listed %+v, %v", info, err)
		}
	}
	if got := f.seen(); !slices.Equal(got, []string{"GET /secrets", "GET /secrets"}) {
		t.Errorf("the requests were %q, want the challenge and one page", got)
	}
}

func TestListFails(t *testing.T) {
	tests := []struct {
		name   string
		answer http.Handler
		class  error
		says   string
	}{
		{"may not", failWith(403, "Forbidden", "AccessDenied", faultscript.Canary), secretmux.ErrDenied, "secrets/list"},
		{"no list", raw(200, `{}`), secretmux.ErrCorrupt, ""},
		{"null in it", raw(200, `{"value":[null]}`), secretmux.ErrCorrupt, ""},
		{"no id", raw(200, `{"value":[{}]}`), secretmux.ErrCorrupt, ""},
		{"odd id", raw(200, `{"value":[{"id":"`+faultscript.Canary+`"}]}`), secretmux.ErrCorrupt, ""},
		{"a page that leads to itself", raw(200, `{"value":[],"nextLink":"https://`+vaultHost+`/secrets?page=2"}`), secretmux.ErrCorrupt, ""},
		{"a malformed link", raw(200, `{"value":[],"nextLink":"https://%zz"}`), secretmux.ErrCorrupt, ""},
		{"a page on another host", raw(200, `{"value":[],"nextLink":"https://elsewhere.example.com/secrets"}`), secretmux.ErrInvalid, "another host"},
		{"a page without TLS", raw(200, `{"value":[],"nextLink":"http://`+vaultHost+`/secrets"}`), secretmux.ErrInvalid, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.handle("/secrets", tt.answer)
			n := 0
			for info, err := range f.open(t, nil).List(t.Context(), "") {
				if n++; n > 1 {
					t.Error("List goes on after an error")
				}
				wantClass(t, err, tt.class, tt.says)
				if info.Name != "" {
					t.Errorf("listed %q", info.Name)
				}
			}
			if n == 0 {
				t.Error("List yields no error")
			}
		})
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name   string
		answer http.Handler
		class  error
	}{
		{"may list", nil, nil},
		{"may not list, by role", failWith(403, "Forbidden", "ForbiddenByRbac", ""), nil},
		{"may not list, by policy", failWith(403, "Forbidden", "AccessDenied", ""), nil},
		{"firewall", failWith(403, "Forbidden", "ForbiddenByFirewall", faultscript.Canary), secretmux.ErrDenied},
		{"a proxy's 403", raw(403, faultscript.Canary), secretmux.ErrDenied},
		{"down", raw(503, faultscript.Canary), secretmux.ErrUnavailable},
		{"no vault", raw(200, faultscript.Canary), secretmux.ErrCorrupt},
		{"throttled", failWith(429, "Throttled", "", ""), secretmux.ErrThrottled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			for _, name := range []string{"a", "b", "c"} {
				f.set(name, faultscript.Canary)
			}
			if tt.answer != nil {
				f.handle("/secrets", tt.answer)
			}
			err := f.open(t, nil).Check(t.Context())
			if tt.class == nil && err != nil {
				t.Fatal(err)
			}
			if tt.class != nil {
				wantClass(t, err, tt.class)
			}
			if calls := f.calls(); calls != 2 {
				t.Errorf("Check made %d requests, want the challenge and one page", calls)
			}
		})
	}
}

// 1,000 secrets cost 40 pages of 25, and the pages have the versions' times.
func TestCallsOfAThousand(t *testing.T) {
	const all = 1000
	f := newFake(t)
	f.pageSize = 25
	for i := range all {
		f.set(fmt.Sprintf("s%04d", i), "x")
	}
	n := 0
	for info, err := range f.open(t, nil).List(t.Context(), "") {
		if err != nil || info.VersionCreated.IsZero() {
			t.Fatalf("%+v, %v", info, err)
		}
		n++
	}
	if calls := f.calls(); n != all || calls != all/25+1 {
		t.Errorf("%d secrets in %d requests, want %d in 40 pages and the challenge", n, calls, all)
	}
}
