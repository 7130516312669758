package vault

import (
	"strings"

	"github.com/secretmux/secretmux"
)

// place is where checked options read, without parameters.
func (o Options) place() *secretmux.URI {
	_, host, _ := strings.Cut(o.Address, "://")
	path := "/" + o.Mount + "/" + o.Prefix
	if strings.Contains(o.Mount, "/") {
		path = "/" + o.Prefix // and mount= has the mount
	}
	return &secretmux.URI{Scheme: Scheme, Authority: host, Path: strings.TrimSuffix(path, "/")}
}

// address adds to u what opens the place of checked options again, with their
// login. What a URI can't carry is left out: a Transport, a LookupEnv, and a login
// whose credential a function brings. Options with these open it through their own
// Backend.
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
	// Where the environment has a namespace, none at all has to be said as well.
	around, _ := o.LookupEnv(namespaceVariable)
	if *o.Namespace != "" || around != "" {
		set("namespace", orRoot(*o.Namespace))
	}
	for key, value := range o.Auth.address(*o.Namespace) {
		set(key, value)
	}
	return u
}

// address is the login as parameters, without what they mean anyway.
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

// orRoot is a namespace as a config string has it, where nothing would mean that of
// the environment.
func orRoot(namespace string) string {
	if namespace == "" {
		return "/"
	}
	return namespace
}
