//! The rules of namespaces in memory: as configured, with what administrators ordered laid over it.

use arc_swap::ArcSwap;
use broker_domain::client::SignInMethod;
use broker_domain::ids::Namespace;
use broker_domain::linking::NamespaceRules;
use broker_domain::ports::{NamespaceOrder, NamespaceOrders, PasswordCheck, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

/// All namespaces of which something was said, as the store held the orders last; and the check services of portals.
pub struct Namespaces {
    configured: Vec<NamespaceRules>,
    services: HashMap<Namespace, Arc<dyn PasswordCheck>>,
    phone_codes: bool,
    in_force: ArcSwap<Vec<Arc<NamespaceRules>>>,
}

impl Namespaces {
    /// Takes what is configured: the rules, the check services of portals that hand no hashes over, and whether there is a gateway
    /// for codes by phone. Orders come with the first [`Self::reload`].
    pub fn new(
        configured: Vec<NamespaceRules>,
        services: HashMap<Namespace, Arc<dyn PasswordCheck>>,
        phone_codes: bool,
    ) -> Self {
        let namespaces = Self { configured, services, phone_codes, in_force: ArcSwap::default() };
        namespaces.take(&[]);
        namespaces
    }

    /// Reads the orders again.
    ///
    /// # Errors
    /// When the store does not answer. What is in memory stays in force.
    pub async fn reload(&self, store: &dyn NamespaceOrders) -> Result<(), StoreError> {
        self.take(&store.orders().await?);
        Ok(())
    }

    /// Takes orders as the store returned them.
    pub fn take(&self, orders: &[NamespaceOrder]) {
        let mut all = self.configured.clone();
        for order in orders {
            if !all.iter().any(|rules| rules.id == order.namespace) {
                all.push(NamespaceRules::new(order.namespace.clone()));
            }
            for rules in all.iter_mut().filter(|rules| rules.id == order.namespace) {
                rules.cut_off = order.cut_off.unwrap_or(rules.cut_off);
                rules.switched_off = order.switched_off.unwrap_or(rules.switched_off);
            }
        }
        self.in_force.store(Arc::new(all.into_iter().map(|rules| self.shared(rules)).collect()));
    }

    /// Without a gateway no code can be sent, whatever is configured.
    fn shared(&self, mut rules: NamespaceRules) -> Arc<NamespaceRules> {
        rules.proofs.phone_code &= self.phone_codes;
        Arc::new(rules)
    }

    /// The rules of a namespace. One of which nothing was said (accounts were imported under its name and that is all) has those of
    /// [`NamespaceRules::new`]; `None` for what cannot be the name of a namespace.
    pub fn find(&self, id: &Namespace) -> Option<Arc<NamespaceRules>> {
        let known = self.in_force.load().iter().find(|rules| rules.id == *id).cloned();
        known.or_else(|| id.is_well_formed().then(|| self.shared(NamespaceRules::new(id.clone()))))
    }

    /// The namespace that a tile leads to; `None` when the configuration names none for it.
    pub fn by_method(&self, method: SignInMethod) -> Option<Arc<NamespaceRules>> {
        self.in_force.load().iter().find(|rules| rules.method == Some(method)).cloned()
    }

    /// All of which something was said: those configured in their order, then others by name.
    pub fn all(&self) -> Vec<Arc<NamespaceRules>> {
        self.in_force.load().to_vec()
    }

    /// The check service of a portal that hands no password hashes over.
    pub fn service(&self, id: &Namespace) -> Option<&Arc<dyn PasswordCheck>> {
        self.services.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use broker_domain::clock::Timestamp;
    use broker_domain::linking::CutOff;

    fn named(id: &str, method: Option<SignInMethod>) -> NamespaceRules {
        NamespaceRules { method, ..NamespaceRules::new(Namespace::new(id)) }
    }

    fn namespaces(phone_codes: bool) -> Namespaces {
        let all = vec![named("cong-dvcqg", Some(SignInMethod::National)), named("cong-binhduong", None)];
        Namespaces::new(all, HashMap::new(), phone_codes)
    }

    fn ids(namespaces: &Namespaces) -> Vec<String> {
        namespaces.all().iter().map(|rules| rules.id.to_string()).collect()
    }

    #[test]
    fn a_tile_leads_to_the_namespace_that_is_configured_for_it() {
        let known = namespaces(true);
        assert_eq!(known.by_method(SignInMethod::National).unwrap().id.as_str(), "cong-dvcqg");
        assert!(known.by_method(SignInMethod::Vnpost).is_none());
        assert!(known.by_method(SignInMethod::Vneid).is_none());
        assert_eq!(ids(&known), ["cong-dvcqg", "cong-binhduong"]);
    }

    #[test]
    fn an_imported_namespace_needs_no_configuration() {
        let known = namespaces(true);
        let other = known.find(&Namespace::new("cong-hue")).unwrap();
        assert_eq!(*other, NamespaceRules::new(Namespace::new("cong-hue")));
        for bad in ["", "Cong Hue", "../x", &"a".repeat(65)] {
            assert!(known.find(&Namespace::new(bad)).is_none(), "{bad}");
        }
        assert_eq!(ids(&known), ["cong-dvcqg", "cong-binhduong"]);
    }

    #[test]
    fn orders_are_stronger_until_they_are_taken_back() {
        let known = namespaces(true);
        let (national, at) = (Namespace::new("cong-dvcqg"), CutOff::At(Timestamp::from_secs(1_800_000_000)));
        let order = |id: &str, cut_off, switched_off| NamespaceOrder {
            namespace: Namespace::new(id),
            cut_off,
            switched_off,
            changed_at: Timestamp::from_secs(1),
        };
        known.take(&[order("cong-dvcqg", Some(at), None), order("cong-hue", None, Some(true))]);
        let rules = known.find(&national).unwrap();
        assert_eq!((rules.cut_off, rules.switched_off), (at, false));
        assert!(known.find(&Namespace::new("cong-hue")).unwrap().switched_off);
        assert_eq!(ids(&known), ["cong-dvcqg", "cong-binhduong", "cong-hue"]);
        known.take(&[order("cong-dvcqg", None, None)]);
        assert_eq!(known.find(&national).unwrap().cut_off, CutOff::DECREED);
        assert!(!known.find(&Namespace::new("cong-hue")).unwrap().switched_off);
    }

    #[test]
    fn without_a_gateway_no_code_is_offered() {
        let id = Namespace::new("cong-dvcqg");
        let rules = namespaces(false).find(&id).unwrap();
        assert!(rules.proofs.password && !rules.proofs.phone_code);
        assert!(!namespaces(false).find(&Namespace::new("cong-hue")).unwrap().proofs.phone_code);
        assert!(namespaces(true).find(&id).unwrap().proofs.phone_code);
    }
}
