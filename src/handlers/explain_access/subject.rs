//! The subject of a route beyond the policy: which handlers check the thing on the path, and how.

use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_server::access::Access;

/// The subject of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// None: the policy alone decides.
    Itself,
    /// A dashboard, from this role on at least.
    Dashboard(Role),
    /// The preview of a dashboard.
    Preview,
    Panel(Wanted),
    /// A dashboard that is changed.
    Change(Part),
    /// A dashboard as other people see it.
    SeenAs,
    /// A data set, from this role on at least.
    DataSet(Role),
    /// The SELECT of a data set.
    Query,
    /// The rows of a data set, for sending.
    Rows,
    /// An upload.
    Upload,
    Provider,
    /// A person, and for administrators alone.
    Person,
    AuditEntry,
    App,
    /// Nothing, for anybody.
    Nothing,
}

/// The requested part of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Any.
    Any,
    /// The panel as a file: its values or its picture.
    Values,
}

/// The part of a dashboard that editors change or view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// The panel on the path.
    Panel,
    /// The version on the path.
    Version,
}

impl Subject {
    /// The subject of the route `path`, for which the policy requires `access`.
    pub(super) fn of(path: &str, access: Access) -> Self {
        match path {
            routes::DASHBOARD_PREVIEW => Self::Preview,
            routes::PANEL
            | routes::PANEL_CSV
            | routes::PANEL_XLSX
            | routes::PANEL_SVG
            | routes::API_V1_PANEL_CSV
            | routes::API_V1_PANEL_SVG => Self::Panel(Wanted::Values),
            routes::API_V1_PANEL => Self::Panel(Wanted::Any),
            routes::DASHBOARD_DUPLICATE | routes::DASHBOARD_DOCUMENT => Self::Dashboard(Role::Write),
            routes::API_V1_DASHBOARD => Self::Dashboard(Role::Read),
            routes::DASHBOARD_EDIT | routes::DASHBOARD_ADD | routes::DASHBOARD_HISTORY => Self::Change(Part::Whole),
            routes::DASHBOARD_EDIT_PANEL => Self::Change(Part::Panel),
            routes::DASHBOARD_VERSION => Self::Change(Part::Version),
            routes::DASHBOARD_SEE_AS => Self::SeenAs,
            routes::DATASET => Self::DataSet(Role::Write),
            routes::API_V1_DATASET => Self::DataSet(Role::Read),
            routes::DATASET_QUERY => Self::Query,
            routes::API_V1_ROWS => Self::Rows,
            routes::UPLOAD => Self::Upload,
            routes::LOGIN | routes::LOGIN_AUTHORIZED => Self::Provider,
            routes::ADMIN_USER
            | routes::API_V1_USER
            | routes::API_V1_USER_DISABLE
            | routes::API_V1_USER_ENABLE
            | routes::API_V1_USER_GRANTS
            | routes::API_V1_USER_SESSIONS
            | routes::API_V1_USER_END_SESSIONS => Self::Person,
            routes::ADMIN_AUDIT_ROW | routes::API_V1_AUDIT_ENTRY => Self::AuditEntry,
            routes::APP_OPEN => Self::App,
            routes::API_V1 | routes::API_V1_ROOT | routes::API_V1_REST => Self::Nothing,
            _ => match access {
                Access::App => Self::App,
                Access::Dashboard => Self::Dashboard(Role::Read),
                Access::Public | Access::SignedIn | Access::Role(_) => Self::Itself,
            },
        }
    }

    /// What decides, if the policy alone does not.
    pub(super) const fn decided_by(self) -> Option<&'static str> {
        match self {
            Self::Dashboard(Role::Write) => Some("Write at least, and what the dashboard says"),
            Self::Dashboard(_) | Self::Preview => Some("the dashboard says"),
            Self::Panel(_) => Some("the panel and its data set say"),
            Self::Change(_) | Self::SeenAs => {
                Some("the owner of the dashboard, with the role Write, and administrators")
            }
            Self::DataSet(Role::Write) => Some("Write at least, and what the data set says"),
            Self::DataSet(_) => Some("the data set says"),
            Self::Rows => Some("the owner of the data set, with the role Write, and administrators"),
            Self::Upload => Some("who sent the file, with the role Write"),
            Self::App => Some("the app says"),
            Self::Nothing => Some("nothing is there"),
            Self::Itself | Self::Query | Self::Provider | Self::Person | Self::AuditEntry => None,
        }
    }
}
