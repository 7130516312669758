package vault_test

import (
	"bufio"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// dump returns every text and all bytes that reflection reaches from v: through
// pointers, interfaces, maps and unexported fields. It also looks at the part of a
// slice's array beyond its length, which the buffers of a connection have. Printers
// such as spew, and the diffs of test libraries, show a part of all this.
func dump(v any) string {
	d := dumper{seen: map[visit]bool{}}
	d.walk(reflect.ValueOf(v))
	return d.out.String()
}

type visit struct {
	at unsafe.Pointer
	of reflect.Type
}

type dumper struct {
	seen map[visit]bool
	out  strings.Builder
}

func (d *dumper) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || d.known(v) {
			return
		}
		d.walk(v.Elem())
	case reflect.Interface:
		d.walk(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			d.walk(v.Field(i))
		}
	case reflect.Map:
		if d.known(v) {
			return
		}
		for i := v.MapRange(); i.Next(); {
			d.walk(i.Key())
			d.walk(i.Value())
		}
	case reflect.Slice:
		if v.IsNil() || d.known(v) {
			return
		}
		d.elements(v.Slice(0, v.Cap()))
	case reflect.Array:
		d.elements(v)
	case reflect.String:
		fmt.Fprintln(&d.out, v.String())
	default:
	}
}

func (d *dumper) elements(v reflect.Value) {
	if v.Type().Elem().Kind() != reflect.Uint8 {
		for i := range v.Len() {
			d.walk(v.Index(i))
		}
		return
	}
	text := make([]byte, v.Len())
	for i := range text {
		text[i] = byte(v.Index(i).Uint())
	}
	fmt.Fprintf(&d.out, "%s\n", text)
}

func (d *dumper) known(v reflect.Value) bool {
	key := visit{v.UnsafePointer(), v.Type()}
	known := d.seen[key]
	d.seen[key] = true
	return known
}

// The walker must find the texts that are there. Otherwise the tests below show
// nothing.
func TestDumpFinds(t *testing.T) {
	type inner struct{ text string }
	buffer := bufio.NewReader(strings.NewReader("in a buffer"))
	if _, err := buffer.ReadString('\n'); err == nil {
		t.Fatal("read a line of nothing")
	}
	text := dump(&struct {
		p *inner
		m map[string]any
		s []inner
		b any
	}{&inner{"by a pointer"}, map[string]any{"a key": &inner{"in a map"}}, []inner{{"in a slice"}}, buffer})
	for _, want := range []string{"by a pointer", "a key", "in a map", "in a slice", "in a buffer"} {
		if !strings.Contains(text, want) {
			t.Errorf("the walker does not find what is %s", want)
		}
	}
	text = dump(&struct{ s secretmux.Secret }{secretmux.NewSecret([]byte("a Secret"), secretmux.Meta{})})
	if strings.Contains(text, "a Secret") {
		t.Error("the walker looks into a Secret")
	}
}

// A dump by reflection of a provider that has logged in, read, and holds leases
// shows no token, no id of a lease, no credential and no value.
func TestDumpShowsNoSecret(t *testing.T) {
	logins := map[string]string{
		"token":    "",
		"approle":  "&auth=approle&role_id=role-1&secret_id_env=SECRET_ID",
		"jwt":      "&auth=jwt&role=app&jwt_env=JWT",
		"userpass": "&auth=userpass&username=alice%40example.com&password_env=PASSWORD",
	}
	for what, login := range logins {
		for _, place := range []string{"/kv?http=true", "/old?http=true&kv=1", "/database/creds?http=true&engine=dynamic", "/database/static-creds?http=true&engine=dynamic"} {
			f := serve(t)
			f.put("app", map[string]any{"v": "value-of-the-tests"})
			f.plain["app"] = map[string]any{"v": "value-of-the-tests"}
			p := f.link(t, "vault://"+f.host+place+login, vault.Options{LookupEnv: environment(
				"SECRET_ID="+secretID, "JWT="+jwtText, "PASSWORD="+password, "VAULT_TOKEN="+rootToken)})
			for range 2 {
				if _, err := p.Get(t.Context(), "app"); err != nil {
					t.Fatal(err)
				}
			}
			_, _ = p.Get(t.Context(), "absent")
			f.with(func() { f.denied["kv/data/app"], f.denied["old/app"] = true, true })
			_, _ = p.Get(t.Context(), "app")
			text := dump(p)
			for _, secret := range []string{
				"value-of-the-tests", rootToken, "hvs.login", "/lease", "v-app-", "pw-", "static\"", secretID, jwtText, password,
			} {
				if strings.Contains(text, secret) {
					t.Errorf("%s, %s: a dump shows %q", what, place, secret)
				}
			}
		}
	}
}

// keeper is a transport that keeps what it sent, as the connections of net/http do
// in their buffers.
type keeper struct {
	direct
	sent http.Header
}

func (k *keeper) RoundTrip(r *http.Request) (*http.Response, error) {
	k.sent = r.Header.Clone()
	return k.direct.RoundTrip(r)
}

// The same holds if the program brings the transport.
func TestDumpOfAProviderWithATransport(t *testing.T) {
	s := newServer()
	s.put("app", map[string]any{"v": "x"})
	transport := &keeper{direct: direct{s}}
	p := s.open(t, func(o *vault.Options) { o.Transport = transport })
	if _, err := p.Get(t.Context(), "app"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dump(transport.sent), rootToken) {
		t.Error("the transport does not keep the token: this test shows nothing")
	}
	if strings.Contains(dump(p), rootToken) {
		t.Error("a dump of the provider shows what its transport keeps")
	}
}
