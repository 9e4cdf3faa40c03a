//! A graphics device that takes everything and computes nothing: drawing without a screen.

use std::sync::Arc;

use bevy::render::renderer::{
    RenderAdapter, RenderAdapterInfo, RenderDevice, RenderInstance, RenderQueue, WgpuWrapper,
};
use bevy::render::settings::RenderCreation;
use bevy::tasks::block_on;
use wgpu::{
    BackendOptions, Backends, DeviceDescriptor, Instance, InstanceDescriptor, InstanceFlags,
    MemoryBudgetThresholds, NoopBackendOptions, RequestAdapterOptions,
};

/// The device, with the limits of a common one.
///
/// # Panics
/// If wgpu was built without its device that computes nothing.
pub(super) fn device() -> RenderCreation {
    let instance = Instance::new(InstanceDescriptor {
        backends: Backends::NOOP,
        flags: InstanceFlags::default(),
        memory_budget_thresholds: MemoryBudgetThresholds::default(),
        display: None,
        backend_options: BackendOptions {
            noop: NoopBackendOptions { enable: true },
            ..BackendOptions::default()
        },
    });
    let adapter = block_on(instance.request_adapter(&RequestAdapterOptions::default()))
        .expect("the device that computes nothing is always there");
    let (device, queue) = block_on(adapter.request_device(&DeviceDescriptor {
        required_limits: adapter.limits(),
        ..DeviceDescriptor::default()
    }))
    .expect("it gives all that it says it has");
    RenderCreation::manual(
        RenderDevice::from(device),
        RenderQueue(Arc::new(WgpuWrapper::new(queue))),
        RenderAdapterInfo(WgpuWrapper::new(adapter.get_info())),
        RenderAdapter(Arc::new(WgpuWrapper::new(adapter))),
        RenderInstance(Arc::new(WgpuWrapper::new(instance))),
    )
}
