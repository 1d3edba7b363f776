//! The users of an old portal, kept as such portals keep them: by TechID, and before that by whatever number they had.

use std::sync::{Mutex, PoisonError};

use relying_party_sdk::web::Citizen;
use serde_json::{Map, Value};

/// A user of the portal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct User {
    /// The key, once it is known.
    pub(crate) tech_id: Option<String>,
    /// `SoCMND`.
    pub(crate) old_number: Option<String>,
    /// `SoDinhDanh`.
    pub(crate) personal_number: Option<String>,
    /// `MaSoThue`.
    pub(crate) tax_code: Option<String>,
    /// `MaSoDoanhNghiep`.
    pub(crate) business_code: Option<String>,
    /// Whether it is an organization's.
    pub(crate) is_organization: bool,
    /// Full name.
    pub(crate) name: String,
    /// E-mail; the portal needs one.
    pub(crate) email: String,
    /// The portal's own sign-in, of before the national one: name and password. Only for the sample are they kept as they are.
    pub(crate) local: Option<(&'static str, &'static str)>,
}

/// What the portal finds for whoever signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// The user of this TechID.
    Known(User),
    /// A user with the same number and no TechID: theirs after a local sign-in.
    ToMap(User),
    /// Nobody: made anew.
    Created(User),
    /// No TechID came: an error to such a portal.
    NoTechId,
}

/// Everybody whom the portal knows.
#[derive(Debug)]
pub(crate) struct Users(Mutex<Vec<User>>);

impl Users {
    /// Those of the sample.
    pub(crate) fn sample() -> Self {
        let local = |name| Some((name, "Cong@1234"));
        Self::of(vec![
            User {
                old_number: Some("171234567".to_owned()),
                name: "LÊ VĂN CƯỜNG".to_owned(),
                email: "cuong@example.vn".to_owned(),
                local: local("cuong75"),
                ..User::default()
            },
            User {
                tax_code: Some("0101234567".to_owned()),
                is_organization: true,
                name: "CÔNG TY TNHH SAO MAI".to_owned(),
                email: "saomai@example.vn".to_owned(),
                local: local("saomai"),
                ..User::default()
            },
        ])
    }

    /// These.
    pub(crate) const fn of(users: Vec<User>) -> Self {
        Self(Mutex::new(users))
    }

    /// Looks up whoever signed in, and makes a user for whom nobody knows.
    pub(crate) fn recognise(&self, citizen: &Citizen) -> Recognised {
        self.recognise_by(citizen.claims())
    }

    fn recognise_by(&self, claims: &Map<String, Value>) -> Recognised {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recognised = look_up(&users, claims);
        if let Recognised::Created(user) = &recognised {
            users.push(user.clone());
        }
        recognised
    }

    /// The local sign-in of whoever is to be mapped: from now on the user is found by TechID. `false` when name or password are wrong,
    /// or there is nobody to map.
    pub(crate) fn map(&self, citizen: &Citizen, name: &str, password: &str) -> bool {
        self.map_by(citizen.claims(), name, password)
    }

    fn map_by(&self, claims: &Map<String, Value>, name: &str, password: &str) -> bool {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Recognised::ToMap(found) = look_up(&users, claims) else { return false };
        if found.local != Some((name, password)) {
            return false;
        }
        let user = users.iter_mut().find(|user| **user == found);
        user.is_some_and(|user| {
            user.tech_id = text(claims, "TechID");
            true
        })
    }
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// One of a user's numbers.
type Number = fn(&User) -> &Option<String>;

/// By TechID; else by the old number or else the personal number, an organization by its tax code or else its enterprise number.
fn look_up(users: &[User], claims: &Map<String, Value>) -> Recognised {
    let Some(tech_id) = text(claims, "TechID") else { return Recognised::NoTechId };
    if let Some(user) = users.iter().find(|user| user.tech_id.as_ref() == Some(&tech_id)) {
        return Recognised::Known(user.clone());
    }
    let is_organization = claims.get("LoaiTaiKhoan").and_then(Value::as_i64) == Some(2);
    let keys: [(&str, Number); 2] = if is_organization {
        [("MaSoThue", |user| &user.tax_code), ("MaSoDoanhNghiep", |user| &user.business_code)]
    } else {
        [("SoCMND", |user| &user.old_number), ("SoDinhDanh", |user| &user.personal_number)]
    };
    for (claim, key) in keys {
        let Some(number) = text(claims, claim) else { continue };
        let mut theirs =
            users.iter().filter(|user| user.tech_id.is_none() && user.is_organization == is_organization);
        if let Some(user) = theirs.find(|user| key(user).as_ref() == Some(&number)) {
            return Recognised::ToMap(user.clone());
        }
    }
    let name = if is_organization { "TenDoanhNghiep" } else { "HoVaTen" };
    Recognised::Created(User {
        old_number: text(claims, "SoCMND").filter(|_| !is_organization),
        personal_number: text(claims, "SoDinhDanh").filter(|_| !is_organization),
        tax_code: text(claims, "MaSoThue"),
        business_code: text(claims, "MaSoDoanhNghiep"),
        is_organization,
        name: text(claims, name).unwrap_or_default(),
        email: text(claims, "ThuDienTu").unwrap_or_else(|| format!("{tech_id}@bocongan.example.vn")),
        local: None,
        tech_id: Some(tech_id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(claims: Value) -> Map<String, Value> {
        claims.as_object().unwrap().clone()
    }

    fn person(tech_id: &str, more: Value) -> Map<String, Value> {
        let mut all = claims(json!({"TechID": tech_id, "LoaiTaiKhoan": 1, "HoVaTen": "LÊ VĂN CƯỜNG"}));
        all.extend(claims(more));
        all
    }

    #[test]
    fn whoever_is_nobody_is_made_once_and_found_by_tech_id_then() {
        let users = Users::of(Vec::new());
        let arriving = person("t-1", json!({"SoDinhDanh": "038075000003"}));
        let Recognised::Created(user) = users.recognise_by(&arriving) else { panic!("not made") };
        assert_eq!((user.email.as_str(), user.tech_id.as_deref()), ("t-1@bocongan.example.vn", Some("t-1")));
        assert_eq!(users.recognise_by(&arriving), Recognised::Known(user.clone()));
        // The key alone counts: whatever else changes, it is the same user.
        let later = person("t-1", json!({"SoDinhDanh": "038075999999", "ThuDienTu": "new@example.vn"}));
        assert_eq!(users.recognise_by(&later), Recognised::Known(user));
        // Another key is another user, also with the same number: what a changed TechID does to a citizen.
        assert!(matches!(
            users.recognise_by(&person("t-2", json!({"SoDinhDanh": "038075000003"}))),
            Recognised::Created(_)
        ));
    }

    #[test]
    fn without_a_tech_id_nobody_is_found() {
        for bad in [json!({}), json!({"TechID": ""}), json!({"TechID": 1})] {
            assert_eq!(Users::sample().recognise_by(&claims(bad)), Recognised::NoTechId);
        }
    }

    #[test]
    fn who_has_the_number_is_mapped_after_a_local_sign_in() {
        let users = Users::sample();
        for number in
            [json!({"SoCMND": "171234567"}), json!({"SoCMND": "171234567", "SoDinhDanh": "038075000003"})]
        {
            assert!(matches!(users.recognise_by(&person("t-1", number)), Recognised::ToMap(_)));
        }
        let arriving = person("t-1", json!({"SoCMND": "171234567"}));
        for (name, password) in [("cuong75", "wrong"), ("saomai", "Cong@1234"), ("", "")] {
            assert!(!users.map_by(&arriving, name, password));
        }
        assert!(users.map_by(&arriving, "cuong75", "Cong@1234"));
        assert!(
            matches!(users.recognise_by(&arriving), Recognised::Known(user) if user.name == "LÊ VĂN CƯỜNG")
        );
        // Mapped once: nobody else gets it.
        assert!(!users.map_by(&person("t-2", json!({"SoCMND": "171234567"})), "cuong75", "Cong@1234"));
    }

    #[test]
    fn the_old_number_comes_first_then_the_personal_number() {
        let of = |old: Option<&str>, new: Option<&str>, name: &str| User {
            old_number: old.map(str::to_owned),
            personal_number: new.map(str::to_owned),
            name: name.to_owned(),
            ..User::default()
        };
        let users = Users::of(vec![of(None, Some("038075000003"), "b"), of(Some("171234567"), None, "a")]);
        let both = person("t", json!({"SoCMND": "171234567", "SoDinhDanh": "038075000003"}));
        assert!(matches!(users.recognise_by(&both), Recognised::ToMap(user) if user.name == "a"));
        let new = person("t", json!({"SoCMND": "999999999", "SoDinhDanh": "038075000003"}));
        assert!(matches!(users.recognise_by(&new), Recognised::ToMap(user) if user.name == "b"));
    }

    #[test]
    fn organizations_are_found_by_tax_code_then_by_enterprise_number_and_never_as_persons() {
        let users = Users::of(vec![
            User {
                tax_code: Some("0101234567".into()),
                is_organization: true,
                name: "by tax".into(),
                ..User::default()
            },
            User {
                business_code: Some("0109".into()),
                is_organization: true,
                name: "by number".into(),
                ..User::default()
            },
            User { personal_number: Some("001085000001".into()), name: "a person".into(), ..User::default() },
        ]);
        let organization = |more: Value| {
            let mut all = claims(
                json!({"TechID": "o-1", "LoaiTaiKhoan": 2, "SoDinhDanh": "001085000001", "TenDoanhNghiep": "SAO MAI"}),
            );
            all.extend(claims(more));
            all
        };
        for (more, name) in [
            (json!({"MaSoThue": "0101234567"}), "by tax"),
            (json!({"MaSoThue": "0", "MaSoDoanhNghiep": "0109"}), "by number"),
        ] {
            assert!(
                matches!(users.recognise_by(&organization(more)), Recognised::ToMap(user) if user.name == name)
            );
        }
        let Recognised::Created(user) = users.recognise_by(&organization(json!({"MaSoThue": "0107777777"})))
        else {
            panic!("taken for another")
        };
        assert_eq!((user.name.as_str(), user.personal_number), ("SAO MAI", None));
    }
}
