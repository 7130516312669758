package vault

import (
	"strings"

	"github.com/secretmux/secretmux"
)

// place is the address of checked options, without parameters. It is for a Provider
// that New made from Options: there is no link whose URI could be printed.
//
// A provider prints its address in errors, in Status and in Explain, and the rule
// of this project is that the printed address opens the same place again. So the
// address is built by URI.String, which escapes what needs it, and not by joining
// strings.
func (o Options) place() *secretmux.URI {
	_, host, _ := strings.Cut(o.Address, "://")
	path := "/" + o.Mount + "/" + o.Prefix
	if strings.Contains(o.Mount, "/") {
		path = "/" + o.Prefix // mount= has the mount then: the path's first segment can hold only a part of it
	}
	return &secretmux.URI{Scheme: Scheme, Authority: host, Path: strings.TrimSuffix(path, "/")}
}

// address adds to u the parameters that open the place of checked options again,
// with their login. A URI can't hold a Transport, a LookupEnv, or a login whose
// credential comes from a function, so those are left out. Options that have them
// open the address through their own Backend.
//
// A default is left out, so that two links that mean the same print the same.
// People read the address in logs, and a long tail of defaults would hide the one
// parameter that matters.
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
	// A mount of one segment is in the path already. place in this file leaves a
	// longer one out of the path, so it must be a parameter.
	if strings.Contains(o.Mount, "/") {
		set("mount", o.Mount)
	}
	set("field", o.Field)
	set("ca_file", o.CAFile)
	set("cert_file", o.CertFile)
	set("key_file", o.KeyFile)
	// If the environment has a namespace and the options have none, the address must say so.
	// Otherwise a provider that was made for the root namespace would print an address that
	// opens another namespace on the same machine.
	around, _ := o.LookupEnv(namespaceVariable)
	if *o.Namespace != "" || around != "" {
		set("namespace", orRoot(*o.Namespace))
	}
	for key, value := range o.Auth.address(*o.Namespace) {
		set(key, value)
	}
	return u
}

// address is the login as parameters. Parameters with their default value are left
// out.
//
// None of the parameters is a credential. A credential is printed as the name of
// the variable or file that holds it, and that name is not a secret.
func (a Auth) address(namespace string) map[string]string {
	// A function has no form in a URI. A half-printed login would open a link that
	// logs in as another role, so nothing of this login is printed.
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
	// auth_namespace= follows namespace= when it is missing, so it is printed only
	// if the two differ.
	if *a.Namespace != namespace {
		params["auth_namespace"] = orRoot(*a.Namespace)
	}
	m, _ := methodOf(a.Method)
	// VAULT_TOKEN is the default of AuthToken, and the service account's file is that of
	// AuthKubernetes. See withDefaults.
	if a.Credential.Env != tokenVariable || a.Method != AuthToken {
		params[m.credential+"_env"] = a.Credential.Env
	}
	if a.Credential.File != serviceAccount || a.Method != AuthKubernetes {
		params[m.credential+"_file"] = a.Credential.File
	}
	return params
}

// orRoot writes a namespace for a config string. An empty value would mean the
// namespace of the environment, so the root namespace is "/". Params.Text refuses
// an empty value for the same reason: a reader of the link could not tell the two
// meanings apart.
func orRoot(namespace string) string {
	if namespace == "" {
		return "/"
	}
	return namespace
}
