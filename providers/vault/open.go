package vault

import (
	"context"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "vault"

// Backend opens vault: links, which the package comment describes. It has the zero
// Options: the login is the token in VAULT_TOKEN unless the link says otherwise.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens vault: links with the settings of o. The URI gives Address, Mount
// and Prefix, and a parameter of the URI replaces its field. auth= replaces the
// whole Auth. Opening reads no file and makes no call. Its errors are ErrInvalid.
//
// auth= replaces the whole Auth, because half of another login would stay
// otherwise: a role id of one service with the secret id of another.
func (o Options) Backend() secretmux.Backend {
	return secretmux.Backend{Scheme: func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return o.open(u)
	}}
}

func (o Options) open(u *secretmux.URI) (secretmux.Provider, error) {
	var (
		engine, mount string
		plain         bool
	)
	params := u.Params()
	params.Int("kv", &o.KV, 1, 2)
	params.Enum("engine", &engine, "kv", "dynamic")
	params.Text("mount", &mount)
	params.Text("field", &o.Field)
	params.Text("ca_file", &o.CAFile)
	params.Text("cert_file", &o.CertFile)
	params.Text("key_file", &o.KeyFile)
	params.Bool("http", &plain)
	namespace(params, "namespace", &o.Namespace)
	authErr := o.Auth.read(params)
	// engine=kv has an effect only over Options that are dynamic.
	if engine != "" {
		o.Dynamic = engine == "dynamic"
	}
	// https is the default, and no parameter can turn it off for a host that is not
	// loopback. See checkAddress.
	o.Address = "https://" + u.Authority
	if plain {
		o.Address = "http://" + u.Authority
	}
	o.Mount, o.Prefix = place(u.Path, mount)
	// Done reports unknown and repeated parameters. It comes after every read and
	// before any use, because a misspelt kv= would otherwise open the wrong engine.
	if err := errors.Join(params.Done(), authErr, copied(o.Mount, o.Prefix)); err != nil {
		return nil, err
	}
	p, err := newProvider(o, u)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// copied refuses a path that was copied from the address of Vault's web page. The server would
// only say that the token may not see a mount of that name.
func copied(mount, folder string) error {
	if mount == "ui" && strings.HasPrefix(folder+"/", "vault/") {
		return invalid("the path is one of Vault's web page, which begins with ui/",
			"write only the mount and the folder, as in vault://host:8200/kv/app/, without data/")
	}
	return nil
}

// place divides a URI's path into the mount and the folder in it. Only mount= can
// say that a mount has several segments: the server knows, but opening makes no
// call.
func place(path, mount string) (string, string) {
	path = strings.TrimPrefix(path, "/")
	if path == "/" || strings.HasSuffix(path, "//") {
		return mount, "/" // check refuses "/" with a hint; for a trimmed path it would have none
	}
	path = strings.TrimSuffix(path, "/")
	if mount != "" {
		return mount, path
	}
	mount, folder, _ := strings.Cut(path, "/")
	return mount, folder
}

// namespace reads a namespace. "/" is the root namespace, even if VAULT_NAMESPACE
// names another one. An empty value is refused, as for every parameter:
// "namespace=" may come from a variable that was not set.
func namespace(params *secretmux.Params, key string, into **string) {
	var value string
	params.Text(key, &value)
	if params.Has(key) {
		value = strings.Trim(value, "/")
		*into = &value
	}
}

// read reads the parameters of the login. All parameters are read even if they
// don't belong to the method, because a parameter that nobody reads counts as
// unknown, and that hint would be wrong.
func (a *Auth) read(params *secretmux.Params) error {
	if params.Has("auth") {
		*a = Auth{}
	}
	name := string(a.method())
	params.Enum("auth", &name, methodNames()...) // an unknown name is refused by Done, and name is left unchanged
	a.Method = AuthMethod(name)
	params.Text("auth_mount", &a.Mount)
	namespace(params, "auth_namespace", &a.Namespace)
	params.Text("role", &a.Role)
	params.Text("role_id", &a.RoleID)
	params.Text("username", &a.Username)
	var errs []error
	m, _ := methodOf(a.Method) // the Enum has refused all other names
	// Every method's credential is read, so that a credential of the wrong method
	// gets the hint below and not "unknown parameter".
	for _, what := range []string{"token", "secret_id", "jwt", "password"} {
		found := Credential{}
		params.Text(what+"_env", &found.Env)
		params.Text(what+"_file", &found.File)
		switch {
		case found.sources() == 0:
		case !m.takes(what): // a credential that is never sent hides a mistake, such as a forgotten auth=
			errs = append(errs, invalid(what+"_env and "+what+"_file do not belong to this method",
				"they are for auth="+strings.Join(thatTake(what), ", ")))
		default:
			a.Credential = found
		}
	}
	return errors.Join(errs...)
}
