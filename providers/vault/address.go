package vault

import (
	"strings"

	"github.com/secretmux/secretmux"
)

// place is the address of checked options, without parameters.
func (o Options) place() *secretmux.URI {
	_, host, _ := strings.Cut(o.Address, "://")
	path := "/" + o.Mount + "/" + o.Prefix
	if strings.Contains(o.Mount, "/") {
		path = "/" + o.Prefix // mount= has the mount then
	}
	return &secretmux.URI{Scheme: Scheme, Authority: host, Path: strings.TrimSuffix(path, "/")}
}

// address adds to u the parameters that open the place of checked options again,
// with their login. A URI can't hold a Transport, a LookupEnv, or a login whose
// credential comes from a function, so those are left out. Options that have them
// open the address through their own Backend.
func (o Options) address(u *secretmux.URI) *secretmux.URI {
	set := func(key, value string) {
		if value != "" {
			u = u.With(key, value)
		}
	}
	switch {
	case o.Dynamic:
		set("engine", "dynamic")
	case o.KV == 1:
		set("kv", "1")
	}
	if strings.HasPrefix(o.Address, "http://") {
		set("http", "true")
	}
	if strings.Contains(o.Mount, "/") {
		set("mount", o.Mount)
	}
	set("field", o.Field)
	set("ca_file", o.CAFile)
	set("cert_file", o.CertFile)
	set("key_file", o.KeyFile)
	// If the environment has a namespace, the address must also say that there is
	// none.
	around, _ := o.LookupEnv(namespaceVariable)
	if *o.Namespace != "" || around != "" {
		set("namespace", orRoot(*o.Namespace))
	}
	for key, value := range o.Auth.address(*o.Namespace) {
		set(key, value)
	}
	return u
}

// address is the login as parameters. Parameters with their default value are
// left out.
func (a Auth) address(namespace string) map[string]string {
	if a.Credential.Func != nil {
		return nil
	}
	params := a.parameters()
	if a.Method != AuthToken {
		params["auth"] = string(a.Method)
	}
	if a.Mount != string(a.Method) {
		params["auth_mount"] = a.Mount
	}
	if *a.Namespace != namespace {
		params["auth_namespace"] = orRoot(*a.Namespace)
	}
	m, _ := methodOf(a.Method)
	if a.Credential.Env != tokenVariable || a.Method != AuthToken {
		params[m.credential+"_env"] = a.Credential.Env
	}
	if a.Credential.File != serviceAccount || a.Method != AuthKubernetes {
		params[m.credential+"_file"] = a.Credential.File
	}
	return params
}

// orRoot writes a namespace for a config string. An empty value would mean the
// one of the environment, so the root namespace is "/".
func orRoot(namespace string) string {
	if namespace == "" {
		return "/"
	}
	return namespace
}
